//! Rendered pages, and their cache.

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::io::Write;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use flate2::Compression;
use flate2::write::GzEncoder;
use hyper::body::Bytes;
use hyper::header::HeaderValue;
use sha2::{Digest, Sha256};

/// Maximum bytes of cached pages.
const MAX_KEPT: usize = 64 << 20;

/// Bytes of a cached page besides its body.
const OVERHEAD: usize = 512;

/// A rendered page.
#[derive(Debug)]
pub(super) struct Page {
    pub(super) body: Bytes,
    /// Its fingerprint, in quotes.
    pub(super) tag: HeaderValue,
    gzip: OnceLock<(Bytes, HeaderValue)>,
    /// The label of its violation.
    pub(super) violation: Option<String>,
}

impl Page {
    pub(super) fn new(text: String, violation: Option<String>) -> Self {
        let digest = Sha256::digest(text.as_bytes());
        let hex = digest.iter().take(8).fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
        Self { body: text.into(), tag: quoted(&hex), gzip: OnceLock::new(), violation }
    }

    /// Its compressed body with a fingerprint of its own, if it is compressed already.
    pub(super) fn compressed(&self) -> Option<&(Bytes, HeaderValue)> {
        self.gzip.get()
    }

    /// The same; compresses it the first time.
    pub(super) fn compress(&self) -> &(Bytes, HeaderValue) {
        self.gzip.get_or_init(|| {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
            // Writing to memory does not fail.
            let _ = encoder.write_all(&self.body);
            let tag = self.tag.to_str().unwrap_or_default().trim_matches('"');
            (encoder.finish().unwrap_or_default().into(), quoted(&format!("{tag}-gzip")))
        })
    }

    fn size(&self) -> usize {
        // Its compressed body may follow.
        self.body.len() + self.body.len() / 4 + OVERHEAD
    }
}

fn quoted(tag: &str) -> HeaderValue {
    HeaderValue::from_str(&format!("\"{tag}\"")).unwrap_or(HeaderValue::from_static("\"\""))
}

/// Cached pages by request.
#[derive(Default)]
pub(super) struct Pages(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    pages: HashMap<Arc<str>, Arc<Page>>,
    order: VecDeque<Arc<str>>,
    size: usize,
}

impl Pages {
    fn kept(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn get(&self, name: &str) -> Option<Arc<Page>> {
        self.kept().pages.get(name).map(Arc::clone)
    }

    /// Caches a page; the oldest ones make room for it.
    pub(super) fn keep(&self, name: &str, page: &Arc<Page>) {
        let size = page.size() + 2 * name.len();
        if size > MAX_KEPT / 4 {
            return;
        }
        let mut kept = self.kept();
        let name: Arc<str> = name.into();
        if kept.pages.insert(Arc::clone(&name), Arc::clone(page)).is_some() {
            return;
        }
        kept.order.push_back(name);
        kept.size += size;
        while kept.size > MAX_KEPT {
            let Some(oldest) = kept.order.pop_front() else { break };
            if let Some(page) = kept.pages.remove(&oldest) {
                kept.size -= page.size() + 2 * oldest.len();
            }
        }
    }
}

/// Without the requests, which may have keys.
impl fmt::Debug for Pages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages").field("size", &self.kept().size).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_kept_up_to_a_size() {
        let pages = Pages::default();
        for number in 0..300 {
            let page = Arc::new(Page::new("x".repeat(1 << 20), None));
            pages.keep(&number.to_string(), &page);
            pages.keep(&number.to_string(), &page);
        }
        let kept = pages.kept();
        assert!(kept.size <= MAX_KEPT && kept.pages.len() > 40, "{} {}", kept.size, kept.pages.len());
        assert_eq!(kept.order.len(), kept.pages.len());
        drop(kept);
        assert!(pages.get("299").is_some() && pages.get("0").is_none());
        pages.keep("large", &Arc::new(Page::new("x".repeat(MAX_KEPT), None)));
        assert!(pages.get("large").is_none());
    }
}
