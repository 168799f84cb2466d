//! Pictures and pages as they were when somebody last looked at them.
//!
//! `STICKY_UPDATE_GOLDENS=1` writes them anew: look at every one that changed.

use std::path::{Path, PathBuf};
use std::{env, fs};

use sticky_domain::card::{CardRenderer, Theme};
use sticky_preview::Renderer;

use crate::samples::{SAMPLES, card};

/// Processors round the edges of letters differently; this many pixels may be visibly different.
const STRAY_PIXELS: usize = 200;
const VISIBLE_DIFFERENCE: u8 = 16;

#[test]
fn pictures_are_the_golden_ones_in_both_themes() {
    let renderer = Renderer::new();
    for (name, title, markdown) in SAMPLES {
        for (theme, suffix) in [(Theme::Light, "light"), (Theme::Dark, "dark")] {
            let picture = renderer.png(&card(title, markdown, theme)).unwrap();
            compare(&format!("{name}-{suffix}.png"), &picture, |golden, kept| {
                assert_same_pixels(golden, &picture, kept);
            });
        }
    }
}

#[test]
fn fragments_are_the_golden_ones() {
    let renderer = Renderer::new();
    for (name, title, markdown) in SAMPLES {
        let html = renderer.html(&card(title, markdown, Theme::Light));
        compare(&format!("{name}.html"), html.as_bytes(), |golden, kept| {
            assert_eq!(html, String::from_utf8_lossy(golden), "the new one is {kept}");
        });
    }
}

#[test]
fn drawing_twice_gives_the_same_bytes() {
    let renderer = Renderer::new();
    let card = card(SAMPLES[0].1, SAMPLES[0].2, Theme::Dark);
    assert_eq!(renderer.png(&card), Renderer::new().png(&card));
    assert_eq!(renderer.svg(&card), Renderer::new().svg(&card));
    assert_eq!(renderer.version(), Renderer::new().version());
}

#[test]
fn a_vector_picture_brings_everything_it_needs() {
    for (_, title, markdown) in SAMPLES {
        let svg = Renderer::new().svg(&card(title, markdown, Theme::Light)).unwrap();
        assert!(svg.starts_with("<svg") && svg.contains(r#"width="1200""#), "{}", &svg[..200]);
        for alien in
            ["<text", "<script", "<image", "<foreignObject", "http://", "https://", "onload"]
        {
            let drawn = svg.replace("http://www.w3.org/", "");
            assert!(!drawn.contains(alien), "{alien} in the picture of {title}");
        }
    }
}

fn compare(file: &str, actual: &[u8], check: impl FnOnce(&[u8], &str)) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(file);
    if env::var_os("STICKY_UPDATE_GOLDENS").is_some_and(|value| value == "1") {
        fs::write(&path, actual).expect("goldens can be written");
        return;
    }
    let golden = fs::read(&path).unwrap_or_else(|error| panic!("{file}: {error}"));
    if golden != actual {
        let kept = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(file);
        fs::write(&kept, actual).expect("the target directory can be written");
        check(&golden, &kept.display().to_string());
    }
}

fn assert_same_pixels(golden: &[u8], actual: &[u8], kept: &str) {
    let (golden, actual) = (pixels(golden), pixels(actual));
    assert_eq!(golden.len(), actual.len(), "the size changed");
    let differs = |(a, b): &(&[u8], &[u8])| {
        a.iter().zip(*b).any(|(a, b)| a.abs_diff(*b) > VISIBLE_DIFFERENCE)
    };
    let different = golden.chunks(4).zip(actual.chunks(4)).filter(differs).count();
    assert!(different <= STRAY_PIXELS, "{different} pixels changed; the new one is {kept}");
}

fn pixels(picture: &[u8]) -> Vec<u8> {
    let mut decoder = png::Decoder::new(std::io::Cursor::new(picture));
    decoder.set_transformations(
        png::Transformations::normalize_to_color8() | png::Transformations::ALPHA,
    );
    let mut reader = decoder.read_info().expect("a PNG");
    assert_eq!((reader.info().width, reader.info().height), (1200, 630));
    let mut pixels = vec![0; reader.output_buffer_size().expect("a small picture")];
    reader.next_frame(&mut pixels).expect("a whole PNG");
    pixels
}
