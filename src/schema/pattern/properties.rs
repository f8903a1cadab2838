//! Unicode properties of ECMA-262, and their names in Rust's engines.

/// Values of `General_Category`, with their aliases.
const CATEGORIES: &str = " C Cased_Letter Cc Cf Close_Punctuation Cn Co Combining_Mark Connector_Punctuation Control Cs \
    Currency_Symbol Dash_Punctuation Decimal_Number Enclosing_Mark Final_Punctuation Format Initial_Punctuation L LC \
    Letter Letter_Number Line_Separator Ll Lm Lo Lowercase_Letter Lt Lu M Mark Math_Symbol Mc Me Mn Modifier_Letter \
    Modifier_Symbol N Nd Nl No Nonspacing_Mark Number Open_Punctuation Other Other_Letter Other_Number \
    Other_Punctuation Other_Symbol P Paragraph_Separator Pc Pd Pe Pf Pi Po Private_Use Ps Punctuation S Sc Separator \
    Sk Sm So Space_Separator Spacing_Mark Surrogate Symbol Titlecase_Letter Unassigned Uppercase_Letter Z Zl Zp Zs \
    cntrl digit punct ";

/// Binary properties, with their aliases.
const BINARY: &str = " AHex ASCII ASCII_Hex_Digit Alpha Alphabetic Any Assigned Bidi_C Bidi_Control Bidi_M \
    Bidi_Mirrored CI CWCF CWCM CWKCF CWL CWT CWU Case_Ignorable Cased Changes_When_Casefolded Changes_When_Casemapped \
    Changes_When_Lowercased Changes_When_NFKC_Casefolded Changes_When_Titlecased Changes_When_Uppercased DI Dash \
    Default_Ignorable_Code_Point Dep Deprecated Dia Diacritic EBase EComp EMod EPres Emoji Emoji_Component \
    Emoji_Modifier Emoji_Modifier_Base Emoji_Presentation Ext ExtPict Extended_Pictographic Extender Gr_Base Gr_Ext \
    Grapheme_Base Grapheme_Extend Hex Hex_Digit IDC IDS IDSB IDST IDS_Binary_Operator IDS_Trinary_Operator \
    ID_Continue ID_Start Ideo Ideographic Join_C Join_Control LOE Logical_Order_Exception Lower Lowercase Math NChar \
    Noncharacter_Code_Point Pat_Syn Pat_WS Pattern_Syntax Pattern_White_Space QMark Quotation_Mark RI Radical \
    Regional_Indicator SD STerm Sentence_Terminal Soft_Dotted Term Terminal_Punctuation UIdeo Unified_Ideograph Upper \
    Uppercase VS Variation_Selector White_Space XIDC XIDS XID_Continue XID_Start space ";

/// A class that has no character.
pub(super) const NONE: &str = r"[^\x{0}-\x{10FFFF}]";
/// A class that has every character.
pub(super) const ALL: &str = r"[\x{0}-\x{10FFFF}]";

/// The class of a property, or of all characters without it, in the syntax of Rust's engines. `None` for what
/// is no property of ECMA-262: names are exact there.
pub(super) fn class(name: &str, value: Option<&str>, negated: bool) -> Option<String> {
    let property = match (name, value) {
        ("General_Category" | "gc", Some(value)) | (value, None) if lists(CATEGORIES, value) => {
            format!("gc={value}")
        }
        ("Script" | "sc", Some(value)) if is_script(value) => format!("sc={value}"),
        ("Script_Extensions" | "scx", Some(value)) if is_script(value) => format!("scx={value}"),
        // Some engines read these aliases differently.
        ("Alpha", None) => "Alphabetic".to_owned(),
        ("Lower", None) => "Lowercase".to_owned(),
        ("Upper", None) => "Uppercase".to_owned(),
        ("space", None) => "White_Space".to_owned(),
        (name, None) if lists(BINARY, name) => name.to_owned(),
        _ => return None,
    };
    // No text has half a surrogate pair.
    if matches!(property.as_str(), "gc=Cs" | "gc=Surrogate") {
        return Some(if negated { ALL } else { NONE }.to_owned());
    }
    Some(format!(r"\{}{{{property}}}", if negated { 'P' } else { 'p' }))
}

fn lists(names: &str, name: &str) -> bool {
    names.split(' ').any(|known| known == name && !known.is_empty())
}

/// Whether a script has that name: the engine knows it, and it is written as scripts are.
fn is_script(name: &str) -> bool {
    let is_word = |word: &str| {
        word.starts_with(|first: char| first.is_ascii_uppercase())
            && word.bytes().skip(1).all(|byte| byte.is_ascii_lowercase())
    };
    (name == "SignWriting" || name.split('_').all(is_word))
        && regex_syntax::parse(&format!(r"\p{{sc={name}}}")).is_ok()
}
