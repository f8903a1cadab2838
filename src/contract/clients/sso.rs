//! Settings of single sign-on.

use serde_json::{Map, Value};

use crate::contract::presence::{Partial, Sparse, object};
use crate::contract::scalar::Uuid;

object! {
    /// Settings of single sign-on (SSO).
    struct SsoSettings, PartialSsoSettings {
        /// Bundle of the settings. The type is `Bundle`: any object. Source: published types.
        bundle: nullable Map<String, Value> = "bundle",
        /// Identifier of the bundle. Source: published types.
        bundle_id: nullable Uuid = "bundleId",
        /// Mappings of attributes for CAS. Source: published types.
        cas_attribute_mappings: nullable Sparse<Partial<SsoAttributeMapping>> = "casAttributeMappings",
        /// URL of the CAS server. A URL, absolute, protocol-relative or relative; not asserted.
        /// Source: published types.
        cas_server_url: nullable String = "casServerUrl",
        /// URL of the external e-commerce. A URL, absolute, protocol-relative or relative; not
        /// asserted. Source: published types.
        external_ecommerce_url: nullable String = "externalEcommerceUrl",
        /// URL of the external login. A URL, absolute, protocol-relative or relative; not asserted.
        /// Source: published types.
        external_login_url: nullable String = "externalLoginUrl",
        /// URL of the external logout. A URL, absolute, protocol-relative or relative; not
        /// asserted. Source: published types.
        external_logout_url: nullable String = "externalLogoutUrl",
        /// URL of the external profile. A URL, absolute, protocol-relative or relative; not
        /// asserted. Source: published types.
        external_profile_url: nullable String = "externalProfileUrl",
        /// URL of the external registration. A URL, absolute, protocol-relative or relative; not
        /// asserted. Source: published types.
        external_register_url: nullable String = "externalRegisterUrl",
        /// Whether there is a client secret for `OpenID`. Source: published types.
        has_open_id_client_secret: always bool = "hasOpenIdClientSecret",
        /// Identifier of the settings. Source: published types.
        id: always Uuid = "id",
        /// Mappings of attributes for `OpenID`. Source: published types.
        open_id_attribute_mappings: nullable Sparse<Partial<SsoAttributeMapping>> = "openIdAttributeMappings",
        /// Authorization parameters for `OpenID`. Any JSON value. Source: published types.
        open_id_authorization_parameters: nullable Value = "openIdAuthorizationParameters",
        /// Authorization URL for `OpenID`. A URL, absolute, protocol-relative or relative; not
        /// asserted. Source: published types.
        open_id_authorization_url: nullable String = "openIdAuthorizationUrl",
        /// Client identifier for `OpenID`. Source: published types.
        open_id_client_id: nullable String = "openIdClientId",
        /// Client secret for `OpenID`. Source: published types.
        open_id_client_secret: nullable String = "openIdClientSecret",
        /// URL to end the session for `OpenID`. A URL, absolute, protocol-relative or relative; not
        /// asserted. Source: published types.
        open_id_end_session_url: nullable String = "openIdEndSessionUrl",
        /// Issuer for `OpenID`. A URL, absolute, protocol-relative or relative; not asserted.
        /// Source: published types.
        open_id_issuer: nullable String = "openIdIssuer",
        /// Signing algorithm for `OpenID`. Source: published types.
        open_id_signing_algorithm: nullable String = "openIdSigningAlgorithm",
        /// Token URL for `OpenID`. A URL, absolute, protocol-relative or relative; not asserted.
        /// Source: published types.
        open_id_token_url: nullable String = "openIdTokenUrl",
        /// User information URL for `OpenID`. A URL, absolute, protocol-relative or relative; not
        /// asserted. Source: published types.
        open_id_user_info_url: nullable String = "openIdUserInfoUrl",
        /// Well-known URL for `OpenID`. A URL, absolute, protocol-relative or relative; not
        /// asserted. Source: published types.
        open_id_well_known_url: nullable String = "openIdWellKnownUrl",
        /// Whether SAML allows unencrypted assertions. Source: published types.
        saml_allow_unencrypted_assertions: nullable bool = "samlAllowUnencryptedAssertions",
        /// Mappings of attributes for SAML. Source: published types.
        saml_attribute_mappings: nullable Sparse<Partial<SsoAttributeMapping>> = "samlAttributeMappings",
        /// Whether SAML forces authentication again. Source: published types.
        saml_force_re_auth: nullable bool = "samlForceReAuth",
        /// Certificate of the SAML identity provider. Source: published types.
        saml_idp_certificate: nullable String = "samlIdpCertificate",
        /// Whether SAML signs requests. Source: published types.
        saml_sign_requests: nullable bool = "samlSignRequests",
        /// Single logout URL for SAML. A URL, absolute, protocol-relative or relative; not
        /// asserted. Source: published types.
        saml_single_logout_url: nullable String = "samlSingleLogoutUrl",
        /// Single sign-on URL for SAML. A URL, absolute, protocol-relative or relative; not
        /// asserted. Source: published types.
        saml_single_signon_url: nullable String = "samlSingleSignonUrl",
    }
}

object! {
    /// A mapping of an attribute of single sign-on (SSO).
    struct SsoAttributeMapping, PartialSsoAttributeMapping {
        /// Attribute of the key. Source: published types.
        key_attribute: nullable String = "keyAttribute",
        /// Name of the key. Source: published types.
        key_name: always String = "keyName",
    }
}
