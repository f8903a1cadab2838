//! Profiles traffic and compares it with the contract and with earlier traffic.

mod changes;
mod claims;
mod coverage;
mod distinct;
mod field;
mod field_state;
mod field_table;
mod formats;
mod infer;
mod long;
mod observer;
mod profile;
mod refused;
mod scalars;
mod shares;
mod significance;
mod suggest;
mod table;
mod traffic;
mod watch;

pub use claims::claims;
pub use coverage::{Coverage, Part};
pub use distinct::MAX_EXACT;
pub use field::{Field, Span, Times};
pub use infer::{infer, to_schema_text};
pub use profile::{Documents, PROFILE_ID, PROFILE_VERSION, Profile, profile_schema};
pub use refused::{Refusal, Refusals, Refused};
pub use shares::add_shares;
pub use suggest::{Edit, Learner, Suggestion};
pub use table::{unmatched, write_table};
pub use watch::{Observation, Watch};
