//! What is left without the feature `captures`?

pub(super) mod codecs {
    //! Nothing is decompressed.

    use std::io;

    use crate::payload::source::Reader;

    #[expect(clippy::unnecessary_wraps, reason = "stands in for the one that can fail")]
    pub(in crate::payload) fn decompress<'r>(reader: Reader<'r>, _: &str) -> io::Result<(Reader<'r>, bool)> {
        Ok((reader, false))
    }
}

pub(super) mod captures {
    //! Nothing is taken for a capture.

    use crate::error::{Error, ErrorKind};
    use crate::origin::Origin;
    use crate::payload::source::Reader;
    use crate::payload::{Input, Item, Options};

    pub(in crate::payload) fn told(_: &[u8]) -> Option<Input> {
        None
    }

    #[expect(clippy::needless_pass_by_value, reason = "stands in for the one that keeps it")]
    pub(in crate::payload) fn items<'r>(
        _: Reader<'r>,
        origin: Origin,
        input: Input,
        _: Options,
    ) -> Box<dyn Iterator<Item = Result<Item, Error>> + 'r> {
        let what = format!("`{}` needs the feature `captures`", input.name());
        Box::new(std::iter::once(Err(Error::new(ErrorKind::Unsupported, origin.name(), what))))
    }
}
