//! CRC-32, the checksum of modules and snapshots.
//!
//! Its tables are computed when they are first needed. As data they would be a fifteenth of the
//! engine's download, because they do not compress.

use std::sync::OnceLock;

/// Bytes taken at a time, each with a table of its own.
const STRIDE: usize = 16;

/// The polynomial, lowest bit first.
const POLYNOMIAL: u32 = 0xedb8_8320;

static TABLES: OnceLock<[[u32; 256]; STRIDE]> = OnceLock::new();

/// For every byte: what it contributes when `n` more bytes follow, in table `n`.
fn tables() -> [[u32; 256]; STRIDE] {
    let mut tables = [[0; 256]; STRIDE];
    for (byte, entry) in (0..).zip(&mut tables[0]) {
        let mut crc: u32 = byte;
        for _ in 0..8 {
            crc = (crc >> 1) ^ (POLYNOMIAL & 0u32.wrapping_sub(crc & 1));
        }
        *entry = crc;
    }
    let first = tables[0];
    for n in 1..STRIDE {
        tables[n] = tables[n - 1].map(|before| (before >> 8) ^ first[(before & 0xff) as usize]);
    }
    tables
}

/// The CRC-32 (ISO-HDLC, as in gzip and PNG) of some bytes.
pub fn crc32(bytes: &[u8]) -> u32 {
    let tables = TABLES.get_or_init(tables);
    let mut crc = !0u32;
    let mut strides = bytes.chunks_exact(STRIDE);
    for stride in &mut strides {
        let mut next = 0;
        for (at, &byte) in stride.iter().enumerate() {
            let before = if at < 4 { crc.to_le_bytes()[at] } else { 0 };
            next ^= tables[STRIDE - 1 - at][usize::from(byte ^ before)];
        }
        crc = next;
    }
    for &byte in strides.remainder() {
        crc = (crc >> 8) ^ tables[0][usize::from(crc.to_le_bytes()[0] ^ byte)];
    }
    !crc
}

#[cfg(test)]
mod tests {
    use super::crc32;

    #[test]
    fn the_published_check_value_is_computed() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
        assert_eq!(crc32(b""), 0);
    }

    #[test]
    fn every_length_gives_the_same_as_crc32fast() {
        let bytes: Vec<u8> = (0..200u32).map(|n| (n * n + 7 * n) as u8).collect();
        for length in 0..bytes.len() {
            assert_eq!(
                crc32(&bytes[..length]),
                crc32fast::hash(&bytes[..length]),
                "{length} bytes"
            );
        }
    }
}
