//! Secrets at rest: sealed with a key that lies beside the database and is in no copy of it.

use std::{fs, io, io::Write as _, os::unix::fs::OpenOptionsExt, path::Path};

use model::World;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};

/// The file with the key, in the folder of the data.
const KEY_FILE: &str = "sealing.key";
const KEY: usize = 32;

/// Seals and opens.
pub(crate) struct Seal {
    key: LessSafeKey,
}

impl Seal {
    /// With this house's key, which is made when there is none yet.
    pub(crate) fn of(folder: &Path, world: &World) -> io::Result<Self> {
        let path = folder.join(KEY_FILE);
        let bytes = match fs::read(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => make(&path, world)?,
            other => other?,
        };
        let key = UnboundKey::new(&AES_256_GCM, &bytes)
            .map_err(|_| io::Error::other(format!("{}: this is no key of {KEY} bytes", path.display())))?;
        Ok(Self { key: LessSafeKey::new(key) })
    }

    /// Sealed bytes that only this house opens, and only for what they were sealed for.
    pub(crate) fn seal(&self, world: &World, what_for: &[u8], plain: &[u8]) -> io::Result<Vec<u8>> {
        let nonce = world.random::<NONCE_LEN>();
        let mut bytes = plain.to_vec();
        let sealed = self.key.seal_in_place_append_tag(
            Nonce::assume_unique_for_key(nonce),
            Aad::from(what_for),
            &mut bytes,
        );
        sealed.map_err(|_| io::Error::other("this could not be sealed"))?;
        Ok([nonce.as_slice(), &bytes].concat())
    }

    /// What was sealed; nothing if another key or purpose sealed it.
    pub(crate) fn open(&self, what_for: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, bytes) = sealed.split_at_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut bytes = bytes.to_vec();
        let plain = self.key.open_in_place(nonce, Aad::from(what_for), &mut bytes).ok()?;
        Some(plain.to_vec())
    }
}

/// Two processes that start at once agree on whichever key was there first.
fn make(path: &Path, world: &World) -> io::Result<Vec<u8>> {
    let key = world.random::<KEY>();
    let beside = path.with_extension(format!("{:016x}", u64::from_be_bytes(world.random())));
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&beside)?;
    file.write_all(&key)?;
    file.sync_all()?;
    let linked = fs::hard_link(&beside, path);
    fs::remove_file(&beside)?;
    match linked {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    if let Some(folder) = path.parent() {
        fs::File::open(folder)?.sync_all()?;
    }
    fs::read(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_is_opened_here_for_its_purpose_and_nowhere_else() {
        let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let world = World::real();
        let sealed = Seal::of(one.path(), &world).unwrap().seal(&world, b"mbx 1", b"secret").unwrap();
        assert!(!sealed.windows(6).any(|it| it == b"secret"));
        let again = Seal::of(one.path(), &world).unwrap();
        assert_eq!(again.open(b"mbx 1", &sealed).as_deref(), Some(b"secret".as_slice()));
        assert_eq!(again.open(b"mbx 2", &sealed), None);
        assert_eq!(Seal::of(other.path(), &world).unwrap().open(b"mbx 1", &sealed), None);
        assert_eq!(again.open(b"mbx 1", &sealed[..5]), None);
    }
}
