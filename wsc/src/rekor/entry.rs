//! `LogEntry`: an entry of a log with what it brings to prove itself.

use alloc::string::String;
use alloc::vec::Vec;

use crate::error::{Error, ErrorKind};
use crate::hash::Hash;
use crate::rekor::checkpoint::{Checkpoint, VerifiedCheckpoint};
use crate::rekor::inclusion::{InclusionProof, VerifiedInclusion};
use crate::rekor::log::{Log, LogId, LogKey, LogVersion};
use crate::rekor::set::{Promise, VerifiedSet};
use crate::rekor::trusted_root::TrustedRoot;
use crate::rekor::verified::VerifiedEntry;
use crate::rekor::{api, bundle};

/// An entry, read but not verified.
#[derive(Debug, Clone)]
pub struct LogEntry {
    pub(super) uuid: Option<Uuid>,
    pub(super) log_id: LogId,
    pub(super) log_index: u64,
    pub(super) integrated_time: Option<i64>,
    pub(super) body: Vec<u8>,
    pub(super) set: Option<Vec<u8>>,
    pub(super) inclusion_proof: Option<InclusionProof>,
    pub(super) checkpoint: Option<String>,
}

/// The name of an entry in Rekor's interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Uuid {
    pub(super) tree_id: Option<u64>,
    pub(super) leaf_hash: Hash,
}

impl LogEntry {
    /// Reads an entry as Rekor's interface gives it: an object with the uuid as the only member and the entry as its
    /// value; or the entry alone, with its `uuid` as a member.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::BadJson`], [`ErrorKind::JsonTooDeep`], [`ErrorKind::BadField`] for what is not of the form.
    pub fn parse(json: &[u8]) -> Result<Self, Error> {
        api::read(json)
    }

    /// Reads the entries of a Sigstore bundle, version 0.1 to 0.3: one or more. The rest of the bundle is passed over.
    ///
    /// # Errors
    ///
    /// As for [`parse`](Self::parse); [`ErrorKind::UnsupportedFormat`] for another media type;
    /// [`ErrorKind::NoLogEntry`] if there is none.
    pub fn parse_bundle(json: &[u8]) -> Result<Vec<Self>, Error> {
        bundle::read(json)
    }

    /// The log that the entry says it is in.
    #[must_use]
    pub const fn log_id(&self) -> &LogId {
        &self.log_id
    }

    /// The inclusion proof.
    #[must_use]
    pub const fn inclusion_proof(&self) -> Option<&InclusionProof> {
        self.inclusion_proof.as_ref()
    }

    /// The text of the checkpoint.
    #[must_use]
    pub fn checkpoint(&self) -> Option<&str> {
        self.checkpoint.as_deref()
    }

    /// Verifies all that an entry of its log must have: the inclusion proof, the checkpoint, and for a log of version 1
    /// the signed entry timestamp.
    ///
    /// # Errors
    ///
    /// Those of the three verifications below; [`ErrorKind::EntryMismatch`] if the uuid names another tree than the
    /// checkpoint, or, for a log of version 2, the index is not that of the inclusion proof.
    pub fn verify<'a>(&'a self, root: &'a TrustedRoot) -> Result<VerifiedEntry<'a>, Error> {
        let log = self.log(root)?;
        // Hashing is cheaper than a signature, so a damaged entry costs little.
        let inclusion = self.verify_inclusion()?;
        let checkpoint = self.checkpoint_by(log)?;
        let tree_id = self.uuid.and_then(|uuid| uuid.tree_id);
        let set = match log.version() {
            LogVersion::V1 => Some(self.set_by(log)?),
            LogVersion::V2 if self.set.is_some() => {
                return Err(Error::without_offset(ErrorKind::BadSet));
            }
            LogVersion::V2 => None,
        };
        let same_tree = tree_id.is_none_or(|id| checkpoint.tree_id() == Some(id));
        let same_index = set.is_some() || self.log_index == inclusion.index();
        if !same_tree || !same_index {
            return Err(Error::without_offset(ErrorKind::EntryMismatch));
        }
        Ok(VerifiedEntry {
            body: &self.body,
            log,
            set,
            inclusion,
            checkpoint,
        })
    }

    /// Verifies the signed entry timestamp alone: an ECDSA signature (P-256, SHA-256) of the canonical JSON of body,
    /// time, log id and index, made within the time for which the key is valid.
    ///
    /// It proves what the log promised, not that the log kept it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::UnknownLog`]; [`ErrorKind::NoSet`] if it or its time is missing; [`ErrorKind::BadSet`] if it does
    /// not hold, as none does for a log of version 2; [`ErrorKind::OutsideValidity`].
    pub fn verify_set<'r>(&self, root: &'r TrustedRoot) -> Result<VerifiedSet<'r>, Error> {
        self.set_by(self.log(root)?)
    }

    /// Verifies the inclusion proof alone, and that the uuid, if there is one, is that of the body.
    ///
    /// It proves that the body is in some tree; the checkpoint says whose.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NoInclusionProof`]; [`ErrorKind::BadInclusionProof`]; [`ErrorKind::EntryMismatch`].
    pub fn verify_inclusion(&self) -> Result<VerifiedInclusion, Error> {
        let inclusion = self.proof()?.verify(&self.body)?;
        match self.uuid {
            Some(uuid) if uuid.leaf_hash != *inclusion.leaf_hash() => {
                Err(Error::without_offset(ErrorKind::EntryMismatch))
            }
            _ => Ok(inclusion),
        }
    }

    /// Verifies the checkpoint alone: that it is about the tree of the inclusion proof, and signed by the log.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::UnknownLog`]; [`ErrorKind::NoCheckpoint`]; [`ErrorKind::NoInclusionProof`];
    /// [`ErrorKind::CheckpointMismatch`]; and those of [`Checkpoint::parse`] and [`Checkpoint::verify`].
    pub fn verify_checkpoint<'r>(
        &self,
        root: &'r TrustedRoot,
    ) -> Result<VerifiedCheckpoint<'r>, Error> {
        self.checkpoint_by(self.log(root)?)
    }

    fn log<'r>(&self, root: &'r TrustedRoot) -> Result<&'r Log, Error> {
        root.log(&self.log_id)
            .ok_or(Error::without_offset(ErrorKind::UnknownLog))
    }

    fn proof(&self) -> Result<&InclusionProof, Error> {
        self.inclusion_proof()
            .ok_or(Error::without_offset(ErrorKind::NoInclusionProof))
    }

    fn set_by<'r>(&self, log: &'r Log) -> Result<VerifiedSet<'r>, Error> {
        let (Some(signature), Some(integrated_time)) = (&self.set, self.integrated_time) else {
            return Err(Error::without_offset(ErrorKind::NoSet));
        };
        let promise = Promise {
            body: &self.body,
            integrated_time,
            log_id: &self.log_id,
            log_index: self.log_index,
        };
        let holds = match &log.key {
            LogKey::P256(key) => promise.is_signed(key, signature),
            LogKey::Ed25519(_) => false,
        };
        if !holds {
            return Err(Error::without_offset(ErrorKind::BadSet));
        }
        if !log.validity().contains(integrated_time) {
            return Err(Error::without_offset(ErrorKind::OutsideValidity));
        }
        Ok(VerifiedSet {
            log,
            integrated_time,
            log_index: self.log_index,
        })
    }

    fn checkpoint_by<'r>(&self, log: &'r Log) -> Result<VerifiedCheckpoint<'r>, Error> {
        let text = self
            .checkpoint()
            .ok_or(Error::without_offset(ErrorKind::NoCheckpoint))?;
        let checkpoint = Checkpoint::parse(text)?;
        if checkpoint.tree() != self.proof()?.tree() {
            return Err(Error::without_offset(ErrorKind::CheckpointMismatch));
        }
        checkpoint.verify(log)
    }
}
