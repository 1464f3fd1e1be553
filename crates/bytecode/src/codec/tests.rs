use super::*;

static FORMAT: Format = Format {
    name: "test",
    magic: b"TEST",
    version: 1,
    version_bytes: 2,
    other_versions: ["newer", "older"],
    sections: &["only"],
    lengths: Lengths::Short,
};

fn file(content: impl FnOnce(&mut Writer)) -> Vec<u8> {
    let mut writer = Writer::new(&FORMAT);
    writer.section(content).expect("it is short");
    writer.finish()
}

fn reader(bytes: &[u8]) -> Reader<'_> {
    FORMAT.open(bytes).expect("a header").section().expect("a section")
}

#[test]
fn numbers_come_back() {
    for number in [0, 1, 127, 128, 300, u64::from(u32::MAX), u64::MAX] {
        let file = file(|w| w.number(number));
        let mut reader = reader(&file);
        assert_eq!(reader.number("it"), Ok(number));
        assert_eq!(reader.finish(), Ok(()));
    }
    let long = file(|w| w.raw(&[0xFF; 11]));
    assert!(reader(&long).number("it").is_err());
    let zeros_in_front = file(|w| w.raw(&[0x81, 0]));
    assert!(reader(&zeros_in_front).number("it").is_err());
    let just_too_large = file(|w| w.raw(&[[0xFF; 9].as_slice(), &[2]].concat()));
    assert!(reader(&just_too_large).number("it").is_err());
}

#[test]
fn a_text_that_is_longer_than_its_section_is_refused() {
    for length in [3, u64::from(u32::MAX), u64::MAX] {
        let file = file(|w| {
            w.number(length);
            w.raw(b"ab");
        });
        let error = reader(&file).text("it").expect_err("too long");
        assert!(error.message.contains("ends inside it: 2 bytes left"), "{error}");
    }
}
