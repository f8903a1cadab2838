//! Flags of all commands.

use clap::ValueEnum;

/// When to colour.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Color {
    /// On a terminal, unless `NO_COLOR` is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// Flags that all commands share.
#[derive(Clone, Copy, Debug)]
pub struct GlobalArgs {
    pub quiet: bool,
    pub verbose: bool,
    pub color: Color,
}

impl GlobalArgs {
    /// Whether the results are to be coloured, which go to a file or to standard output.
    pub fn colors(self, to_file: bool) -> bool {
        match self.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => {
                !to_file && anstream::AutoStream::choice(&std::io::stdout()) != anstream::ColorChoice::Never
            }
        }
    }
}
