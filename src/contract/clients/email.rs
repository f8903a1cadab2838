//! The appearance of emails.

use crate::contract::presence::object;
use crate::contract::scalar::Uuid;

object! {
    /// Settings of the email layout.
    struct EmailLayoutSettings, PartialEmailLayoutSettings {
        /// Blind carbon copy (BCC) address. Source: published types.
        bcc_address: nullable String = "bccAddress",
        /// Terms of email capture. Source: published types.
        email_capture_terms: nullable String = "emailCaptureTerms",
        /// Footer of the email. Source: published types.
        footer: nullable String = "footer",
        /// Address the email is from. Source: published types.
        from_address: nullable String = "fromAddress",
        /// Name the email is from. Source: published types.
        from_name: nullable String = "fromName",
        /// Header of the email. Source: published types.
        header: nullable String = "header",
        /// Identifier of the settings. Source: published types.
        id: always Uuid = "id",
    }
}
