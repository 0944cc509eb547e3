//! Files: evidence, slips, signed agreements. Kept by the hash of their bytes, in a folder or in
//! storage that speaks S3; a row in the database says what each one is.

use std::sync::Arc;

use domain::ids::OrganizationId;
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt, parse_url_opts};
use sha2::{Digest, Sha256};

use crate::{ServiceError, ServiceResult};

/// Where files lie. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Files {
    store: Arc<dyn ObjectStore>,
    root: Path,
}

impl Files {
    /// `file:///var/lib/saldar/files`, or `s3://bucket/folder` with the usual `AWS_…` variables.
    ///
    /// # Errors
    /// The address is not understood, or its folder cannot be made.
    pub fn open(url: &str, settings: impl IntoIterator<Item = (String, String)>) -> Result<Self, String> {
        if let Some(folder) = url.strip_prefix("file://") {
            std::fs::create_dir_all(folder).map_err(|error| format!("{folder}: {error}"))?;
            let folder = std::fs::canonicalize(folder).map_err(|error| format!("{folder}: {error}"))?;
            let store = object_store::local::LocalFileSystem::new_with_prefix(folder);
            let store = store.map_err(|error| error.to_string())?.with_fsync(true);
            return Ok(Self { store: Arc::new(store), root: Path::default() });
        }
        let url = url.parse().map_err(|error| format!("{url}: {error}"))?;
        let settings = settings.into_iter().map(|(name, value)| (name.to_ascii_lowercase(), value));
        let (store, root) = parse_url_opts(&url, settings).map_err(|error| error.to_string())?;
        Ok(Self { store: Arc::from(store), root })
    }

    /// Gone with the process: for tests.
    pub fn in_memory() -> Self {
        Self { store: Arc::new(InMemory::new()), root: Path::default() }
    }

    /// Keeps the bytes and gives their SHA-256 as lower hex, by which they are found again. The same
    /// bytes twice are kept once. To be called before the row that names them is committed: bytes
    /// without a row harm nobody.
    ///
    /// # Errors
    /// The storage fails.
    pub async fn put(&self, org: OrganizationId, bytes: Vec<u8>) -> ServiceResult<String> {
        let sha256 = hex::encode(Sha256::digest(&bytes));
        self.store.put(&self.place(org, &sha256), bytes.into()).await.map_err(failed)?;
        Ok(sha256)
    }

    /// The bytes of this hash; what changed on the disk is not given out.
    ///
    /// # Errors
    /// `NotFound`, or the storage fails.
    pub async fn get(&self, org: OrganizationId, sha256: &str) -> ServiceResult<Vec<u8>> {
        if sha256.len() != 64 || !sha256.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(ServiceError::NotFound);
        }
        let found = match self.store.get(&self.place(org, sha256)).await {
            Err(object_store::Error::NotFound { .. }) => return Err(ServiceError::NotFound),
            other => other.map_err(failed)?,
        };
        let bytes = found.bytes().await.map_err(failed)?.to_vec();
        if hex::encode(Sha256::digest(&bytes)) != sha256 {
            let cause = format!("file {sha256} is not what was kept");
            return Err(ServiceError::Outside { part: "file store", cause });
        }
        Ok(bytes)
    }

    fn place(&self, org: OrganizationId, sha256: &str) -> Path {
        let folder = sha256.get(..2).unwrap_or_default();
        self.root.clone().join(org.to_string()).join(folder).join(sha256)
    }
}

fn failed(error: object_store::Error) -> ServiceError {
    ServiceError::Outside { part: "file store", cause: error.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn bytes_come_back_by_their_hash_and_only_unchanged() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("files");
        let files = Files::open(&format!("file://{}", place.display()), []).unwrap();
        let org = OrganizationId(uuid::Uuid::from_u128(7));
        let hash = files.put(org, b"slip".to_vec()).await.unwrap();
        assert_eq!(files.put(org, b"slip".to_vec()).await.unwrap(), hash);
        assert_eq!(files.get(org, &hash).await.unwrap(), b"slip");
        let other = OrganizationId(uuid::Uuid::from_u128(8));
        assert!(matches!(files.get(other, &hash).await, Err(ServiceError::NotFound)));
        assert!(matches!(files.get(org, "../../etc/passwd").await, Err(ServiceError::NotFound)));
        std::fs::write(place.join(org.to_string()).join(&hash[..2]).join(&hash), "changed").unwrap();
        assert!(matches!(files.get(org, &hash).await, Err(ServiceError::Outside { .. })));
    }
}
