//! What is stored so that only this server reads it: not even its database opens it.

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use sticky_domain::keyring::Keyring;

/// Seals `plain` under the first of our keys. Whoever opens it has to know `context` again, which is not stored.
pub(crate) fn seal(keys: &Keyring, context: &[u8], plain: Vec<u8>) -> Vec<u8> {
    let (number, key) = keys.sign(&message(context));
    let mut sealed = plain;
    let nonce = cipher(&key)
        .seal_in_place_append_tag(Aad::empty(), &mut sealed)
        .expect("what fits into memory can be sealed");
    [&[number][..], nonce.as_ref(), &sealed].concat()
}

/// What [`seal`] was given; `None` if its key is no longer one of ours, or this is something else.
pub(crate) fn open(keys: &Keyring, context: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
    let (number, rest) = sealed.split_first()?;
    let (nonce, rest) = rest.split_first_chunk::<NONCE_LEN>()?;
    let key = keys.mac(*number, &message(context))?;
    let mut plain = rest.to_vec();
    let nonce = Nonce::assume_unique_for_key(*nonce);
    let length = cipher(&key).open_in_place(nonce, Aad::empty(), &mut plain).ok()?.len();
    plain.truncate(length);
    Some(plain)
}

fn cipher(key: &[u8; 32]) -> RandomizedNonceKey {
    RandomizedNonceKey::new(&AES_256_GCM, key).expect("the key has the cipher's length")
}

/// The prefix keeps a sealing key from ever being the signature of a link or a pass.
fn message(context: &[u8]) -> Vec<u8> {
    [b"sticky seal 1\0", context].concat()
}

#[cfg(test)]
mod tests {
    use sticky_domain::keyring::KEY_BYTES;

    use super::*;

    #[test]
    fn only_who_knows_the_context_and_has_the_key_opens_it() {
        let keys = Keyring::single([1; KEY_BYTES]);
        let sealed = seal(&keys, b"mine", b"https://notes.example.org/s/x".to_vec());
        assert!(!sealed.windows(5).any(|part| part == b"notes"));
        assert_eq!(open(&keys, b"mine", &sealed).unwrap(), b"https://notes.example.org/s/x");
        assert_eq!(open(&keys, b"yours", &sealed), None);
        assert_eq!(open(&Keyring::single([2; KEY_BYTES]), b"mine", &sealed), None);
        for index in 0..sealed.len() {
            let mut forged = sealed.clone();
            forged[index] ^= 1;
            assert_eq!(open(&keys, b"mine", &forged), None, "byte {index}");
        }
        assert_eq!(open(&keys, b"mine", b""), None);
    }
}
