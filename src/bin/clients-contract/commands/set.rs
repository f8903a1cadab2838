//! What do the settings say where no flag says otherwise?

use clap::ValueEnum;
use clients_contract::Error;

use crate::settings::Settings;

/// What the settings file says, checked as flags are.
pub(super) struct Set<'s> {
    pub(super) settings: &'s Settings,
}

impl<'s> Set<'s> {
    pub(super) fn of(settings: &'s Settings) -> Self {
        Self { settings }
    }

    pub(super) fn wrong(&self, key: &str, message: String) -> Error {
        self.settings.wrong(key, message)
    }

    pub(super) fn known<'n>(
        &self,
        name: &'n str,
        key: &str,
        all: impl Iterator<Item = &'static str>,
    ) -> Result<&'n str, Error> {
        let all: Vec<&str> = all.collect();
        if all.contains(&name) { Ok(name) } else { Err(self.unknown(key, name, &all)) }
    }

    fn unknown(&self, key: &str, name: &str, all: &[&str]) -> Error {
        let near = crate::did_you_mean(name, all);
        self.wrong(key, format!("`{name}` is unknown{near}; there are {}", all.join(", ")))
    }

    pub(super) fn choice<T: ValueEnum>(
        &self,
        flag: Option<T>,
        set: Option<&str>,
        key: &str,
    ) -> Result<Option<T>, Error> {
        match (flag, set) {
            (None, Some(name)) => {
                let all: Vec<_> = T::value_variants().iter().filter_map(T::to_possible_value).collect();
                let names: Vec<&str> = all.iter().map(clap::builder::PossibleValue::get_name).collect();
                T::from_str(name, true).map(Some).map_err(|_| self.unknown(key, name, &names))
            }
            (flag, _) => Ok(flag),
        }
    }
}
