//! Stands in for captures without the feature `captures`.

pub(super) mod codecs {
    //! Nothing is decompressed.

    use std::io;

    use crate::payload::head::Ahead;
    use crate::payload::stream::Reader;

    /// Nothing is ever noted.
    #[derive(Default)]
    pub(in crate::payload) struct Notes(());

    impl Notes {
        #[expect(clippy::unused_self, reason = "stands in for the one that has some")]
        pub(in crate::payload) fn take(&self) -> Option<String> {
            None
        }
    }

    #[expect(clippy::unnecessary_wraps, reason = "stands in for the one that can fail")]
    pub(in crate::payload) fn decompress<'r>(
        reader: Reader<'r>,
        _: &str,
        _: &Notes,
    ) -> io::Result<(Ahead<'r>, Vec<()>)> {
        Ok((Ahead::new(reader), Vec::new()))
    }
}

pub(super) mod captures {
    //! Nothing is taken for a capture.

    use std::path::PathBuf;

    use crate::error::{Error, ErrorKind};
    use crate::origin::Origin;
    use crate::payload::skim::Watch;
    use crate::payload::source::Once;
    use crate::payload::stream::{Bodies, Reader};
    use crate::payload::{Input, Options, Recognized};

    /// What would be read.
    #[expect(dead_code, reason = "stands in for the one that is read")]
    pub(in crate::payload) struct Capture {
        pub(in crate::payload) origin: Origin,
        pub(in crate::payload) options: Options,
        pub(in crate::payload) folder: Option<PathBuf>,
        pub(in crate::payload) line: u64,
    }

    impl Capture {
        pub(in crate::payload) fn items<'r>(self, _: Reader<'r>, input: Input) -> Box<dyn Bodies + 'r> {
            let what = format!("`{}` needs the feature `captures`", input.name());
            Box::new(Once(Some(Error::new(ErrorKind::Unsupported, self.origin.name(), what))))
        }
    }

    pub(in crate::payload) fn watch() -> Option<Box<dyn Watch>> {
        None
    }

    pub(in crate::payload) fn text(_: &[u8]) -> Option<Recognized> {
        None
    }

    pub(in crate::payload) fn is_trace(_: &[u8]) -> bool {
        false
    }

    pub(in crate::payload) fn is_response(_: &[u8]) -> bool {
        false
    }
}
