use bytes::Bytes;
use uuid::Uuid;

use super::*;
use crate::event::{Fact, Via};
use crate::id::{DocumentId, LinkId, PrincipalId, ProjectId, RootId};
use crate::time::Timestamp;

const NOTE: DocumentId = DocumentId(Uuid::from_u128(1));
const ANA: PrincipalId = PrincipalId(Uuid::from_u128(2));

fn envelope(seq: u64) -> Envelope {
    let via = if seq == 1 { Via::Direct } else { Via::Link(LinkId(Uuid::from_u128(9))) };
    let correlation = (seq == 2).then(|| Uuid::from_u128(7));
    let op = Uuid::from_u128(u128::from(seq) << 64);
    Envelope { seq, at: Timestamp(1_795_158_900_123), actor: ANA, via, op, correlation }
}

fn update(seq: u64) -> Record {
    Record::Update { envelope: envelope(seq), update: Bytes::from(vec![0, 255, seq as u8]) }
}

fn created() -> Record {
    let fact = Fact::DocumentCreated { project: ProjectId(Uuid::from_u128(3)), title: None };
    Record::Fact { envelope: envelope(1), fact }
}

/// Heading, Ana, two updates, one fact, ending.
fn export() -> Vec<Vec<u8>> {
    let (mut writer, heading) = ExportWriter::begin(NOTE);
    let ana = Person { id: ANA, name: Some("Ana".to_owned()), root: RootId(Uuid::from_u128(4)) };
    let mut lines = vec![heading, writer.person(ana)];
    lines.extend([update(1), update(2), created()].iter().map(|record| writer.event(record)));
    lines.push(writer.end().0);
    lines.iter().map(|line| line.strip_suffix(b"\n").unwrap().to_vec()).collect()
}

fn read(lines: &[Vec<u8>]) -> Result<Vec<Record>, BadExport> {
    let mut reader = ExportReader::default();
    let records = lines.iter().map(|line| reader.read(line)).collect::<Result<_, _>>()?;
    reader.finish().map(|_| records)
}

#[test]
fn what_was_written_is_read() {
    let records = read(&export()).unwrap();
    assert_eq!(records[2..5], [update(1), update(2), created()]);
}

#[test]
fn every_flipped_bit_is_found_and_named() {
    let whole = export();
    for (nth, line) in whole.iter().enumerate() {
        for byte in 0..line.len() {
            let mut damaged = whole.clone();
            damaged[nth][byte] ^= 1;
            let named = match read(&damaged) {
                Err(BadExport::Hash(record)) => record,
                // In the name of the format itself.
                Err(BadExport::NotOne | BadExport::Newer(_)) if nth == 0 => 1,
                other => panic!("{other:?}"),
            };
            assert_eq!(named, nth as u64 + 1, "byte {byte} of record {}", nth + 1);
        }
    }
}

#[test]
fn nothing_can_be_left_out_moved_or_added() {
    let whole = export();
    for cut in 1..whole.len() {
        assert_eq!(read(&whole[..cut]), Err(BadExport::Truncated(cut as u64)));
        let without = [&whole[..cut - 1], &whole[cut..]].concat();
        assert!(read(&without).is_err(), "without record {cut}");
        let mut swapped = whole.clone();
        swapped.swap(cut - 1, cut);
        assert!(read(&swapped).is_err(), "record {cut} later");
    }
    assert!(read(&[whole.clone(), whole[1..2].to_vec()].concat()).is_err());
    assert_eq!(read(&[]), Err(BadExport::Truncated(0)));
}

/// Whoever seals anew can say what they like, but not in another order.
#[test]
fn well_sealed_nonsense_is_refused() {
    let (mut writer, heading) = ExportWriter::begin(NOTE);
    let nobody = writer.event(&update(1));
    let lines = [heading, nobody].map(|line| line.trim_ascii_end().to_vec());
    assert!(matches!(read(&lines), Err(BadExport::Misplaced { record: 2, .. })));
    let (mut writer, heading) = ExportWriter::begin(NOTE);
    let ana = writer.person(Person { id: ANA, name: None, root: RootId::from(ANA) });
    let gap = writer.event(&update(2));
    let lines = [heading, ana, gap].map(|line| line.trim_ascii_end().to_vec());
    assert!(matches!(read(&lines), Err(BadExport::Misplaced { record: 3, .. })));
}

#[test]
fn other_formats_are_told_apart() {
    let newer = br#"{"record":"album","sticky_export":2,"seal":"another"}"#.to_vec();
    assert_eq!(read(&[newer]), Err(BadExport::Newer(2)));
    for other in [&b"PNG"[..], b"{}", b"", br#"{"sticky_export":"1"}"#] {
        assert_eq!(read(&[other.to_vec()]), Err(BadExport::NotOne));
    }
}
