//! The appearance of a site.

use serde_json::{Map, Value};

use crate::contract::presence::{Partial, Sparse, object};
use crate::contract::scalar::Uuid;

object! {
    /// Appearance settings.
    struct AppearanceSettings, PartialAppearanceSettings {
        /// Accent color. Source: published types.
        accent_color: nullable String = "accentColor",
        /// Alternative font. Source: published types.
        alt_font: nullable String = "altFont",
        /// Background asset. Source: published types.
        background_asset: nullable String = "backgroundAsset",
        /// Whether the background asset is tiled. Source: published types.
        background_asset_tiled: nullable bool = "backgroundAssetTiled",
        /// Company of the settings. The type is `Company`: any object. Source: published types.
        company: nullable Map<String, Value> = "company",
        /// Custom CSS. Source: published types.
        custom_css: nullable String = "customCss",
        /// Favicon. A URL, absolute, protocol-relative or relative; not asserted. Source: published
        /// types.
        favicon: nullable String = "favicon",
        /// Font. Source: published types.
        font: nullable String = "font",
        /// Global navigation links. Source: published types.
        global_navigation_links: nullable Sparse<Partial<GlobalNavigationLink>> = "globalNavigationLinks",
        /// Identifier of the settings. Source: published types.
        id: always Uuid = "id",
        /// Color of links. Source: published types.
        link_color: nullable String = "linkColor",
        /// Logo asset. A URL, absolute, protocol-relative or relative; not asserted. Source:
        /// published types.
        logo_asset: nullable String = "logoAsset",
        /// Whether the logo is for retina displays. Source: published types.
        retina_logo: nullable bool = "retinaLogo",
        /// Secondary color. Source: published types.
        secondary_color: nullable String = "secondaryColor",
    }
}

object! {
    /// A global navigation link.
    struct GlobalNavigationLink, PartialGlobalNavigationLink {
        /// Target of the link (`href`). Source: published types.
        href: nullable String = "href",
        /// Label of the link. Source: published types.
        label: always String = "label",
    }
}
