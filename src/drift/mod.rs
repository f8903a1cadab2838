//! Profiles traffic and compares it with the contract and with earlier traffic.

mod changes;
mod claims;
mod coverage;
mod distinct;
mod field;
mod field_state;
mod field_table;
mod formats;
mod history;
mod infer;
mod observer;
mod page;
mod profile;
mod refused;
mod scalars;
mod shares;
mod significance;
mod suggest;
mod table;
mod traffic;
mod tree;
mod watch;

pub use claims::{changed, claims};
pub use coverage::{Coverage, Part};
pub use distinct::MAX_EXACT;
pub use field::{Field, Span, Times};
pub use history::{
    By, HISTORY_ID, HISTORY_VERSION, History, HistoryBuilder, HistoryEntry, HistoryPoint, MAX_POINTS,
    Measure, ParseByError, Sample, Series, Shift, history_schema, history_section, write_history,
    write_history_json,
};
pub use infer::{infer, to_schema_text};
pub use page::{changes_section, sections};
pub use profile::{Documents, PROFILE_ID, PROFILE_VERSION, Profile, profile_schema};
pub use refused::{Refusal, Refusals, Refused};
pub use shares::add_shares;
pub use suggest::{Edit, Learner, Suggestion};
pub use table::{unmatched, write_table};
pub use watch::Watch;
