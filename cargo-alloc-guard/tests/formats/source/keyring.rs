//! What the sites in the records of the golden files point at.

impl Keyring {
    fn ids(&self) -> Vec<KeyId> {
        // Wide characters before the call: 鍵の一覧
        let ids: Vec<KeyId> = self.keys.iter().map(Key::id).collect();
        let 名前 = "鍵"; let copy = 名前.to_owned();
        ids
    }
}
