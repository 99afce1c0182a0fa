//! Writes the recorder's format, straight from `docs/profile-format.md`.

#[derive(Clone, Default)]
pub(crate) struct Payload(pub(crate) Vec<u8>);

impl Payload {
    pub(crate) fn byte(mut self, byte: u8) -> Self {
        self.0.push(byte);
        self
    }

    pub(crate) fn number(mut self, mut number: u64) -> Self {
        while number >= 0x80 {
            self.0.push(number.to_le_bytes()[0] | 0x80);
            number >>= 7;
        }
        self.0.push(number.to_le_bytes()[0]);
        self
    }

    pub(crate) fn signed(self, signed: i64) -> Self {
        self.number(zigzag(signed))
    }

    pub(crate) fn bytes(mut self, bytes: &[u8]) -> Self {
        self = self.number(bytes.len() as u64);
        self.0.extend(bytes);
        self
    }

    pub(crate) fn text(self, text: &str) -> Self {
        self.bytes(text.as_bytes())
    }
}

fn zigzag(signed: i64) -> u64 {
    ((signed << 1) ^ (signed >> 63)).cast_unsigned()
}

pub(crate) struct File(pub(crate) Vec<u8>);

impl File {
    pub(crate) fn new() -> Self {
        let mut file = b"AGPROF\x1a\n".to_vec();
        file.extend(2_u32.to_le_bytes());
        Self(file)
    }

    pub(crate) fn block(&mut self, kind: u8, payload: &Payload) {
        self.0.push(kind);
        self.0
            .extend(u32::try_from(payload.0.len()).unwrap().to_le_bytes());
        self.0.extend(&payload.0);
    }

    /// A process that begins at `ticks`.
    pub(crate) fn process(&mut self, ticks: u64, sampling: u64) {
        self.process_of("debug", ticks, sampling);
    }

    /// A process of this build profile.
    pub(crate) fn process_of(&mut self, profile: &str, ticks: u64, sampling: u64) {
        let payload = Payload::default()
            .number(4242)
            .number(1_700_000_000_000_000_000)
            .number(ticks)
            .number(64)
            .number(sampling)
            .number(0)
            .text("/home/u/app/target/debug/deps/hot-0123456789abcdef")
            .text("x86_64-unknown-linux-gnu")
            .text("rustc 1.95.0")
            .text(profile);
        self.block(1, &payload);
    }
}

/// A block of events under way.
#[derive(Clone)]
pub(crate) struct Events {
    pub(crate) payload: Payload,
    ticks: u64,
    address: u64,
    path: i64,
    /// How many events could be packed. Every third of them is not: the format leaves it open.
    small: u32,
}

impl Events {
    pub(crate) fn new(ticks: u64, ns: u64, thread: u64, operation: u64, phase: u64) -> Self {
        Self {
            payload: Payload::default()
                .number(ticks)
                .number(ns)
                .number(thread)
                .number(operation)
                .number(phase),
            ticks,
            address: 0,
            path: 0,
            small: 0,
        }
    }

    /// Writes an event in one word of `bytes` bytes, if its fields, of so many bits each, fit.
    fn packed(&mut self, tag: u8, bytes: usize, fields: &[(u64, u32)]) -> bool {
        if fields.iter().any(|(value, bits)| *value >= 1 << bits) {
            return false;
        }
        self.small += 1;
        if self.small.is_multiple_of(3) {
            return false;
        }
        let (mut word, mut place) = (u64::from(tag) + 8, 4);
        for (value, bits) in fields {
            word |= value << place;
            place += bits;
        }
        self.payload.0.extend(&word.to_le_bytes()[..bytes]);
        true
    }

    fn way(&self, address: u64) -> u64 {
        let way = address.wrapping_sub(self.address).cast_signed();
        if way % 8 == 0 {
            zigzag(way / 8) << 1
        } else {
            zigzag(way) << 1 | 1
        }
    }

    fn begin(&mut self, tag: u8, ticks: u64) -> Payload {
        let past = ticks - self.ticks;
        self.ticks = ticks;
        std::mem::take(&mut self.payload).byte(tag).number(past)
    }

    fn address(&mut self, payload: Payload, address: u64) -> Payload {
        let way = self.way(address);
        self.address = address;
        payload.number(way)
    }

    fn path(&mut self, payload: Payload, path: u64) -> Payload {
        let path = path.cast_signed();
        let step = path - self.path;
        self.path = path;
        payload.signed(step)
    }

    pub(crate) fn allocation(
        &mut self,
        ticks: u64,
        address: u64,
        size: u64,
        path: u64,
        zeroed: bool,
    ) {
        let step = zigzag(path.cast_signed() - self.path);
        let past = ticks - self.ticks;
        let fields = [(past, 12), (step, 12), (size, 14), (self.way(address), 22)];
        if self.packed(u8::from(zeroed), 8, &fields) {
            (self.ticks, self.address, self.path) = (ticks, address, path.cast_signed());
            return;
        }
        let payload = self.begin(u8::from(zeroed), ticks);
        let payload = self.address(payload, address).number(size);
        self.payload = self.path(payload, path);
    }

    pub(crate) fn reallocation(
        &mut self,
        (ticks, took): (u64, u64),
        (old, old_size): (u64, u64),
        (new, size): (u64, u64),
        path: u64,
    ) {
        let payload = self.begin(2, ticks).number(took);
        let payload = self.address(payload, old).number(old_size);
        let payload = self.address(payload, new).number(size);
        self.payload = self.path(payload, path);
    }

    pub(crate) fn deallocation(&mut self, ticks: u64, address: u64, path: Option<u64>) {
        let fields = [(ticks - self.ticks, 12), (self.way(address), 24)];
        if path.is_none() && self.packed(3, 5, &fields) {
            (self.ticks, self.address) = (ticks, address);
            return;
        }
        let payload = self.begin(if path.is_some() { 4 } else { 3 }, ticks);
        let payload = self.address(payload, address);
        self.payload = match path {
            Some(path) => self.path(payload, path),
            None => payload,
        };
    }

    pub(crate) fn failed(&mut self, ticks: u64, size: u64, path: u64) {
        let payload = self.begin(5, ticks).number(size);
        self.payload = self.path(payload, path);
    }

    pub(crate) fn context(&mut self, operation: u64, phase: u64) {
        self.payload = std::mem::take(&mut self.payload)
            .byte(6)
            .number(operation)
            .number(phase);
    }

    pub(crate) fn thread(&mut self, thread: u64) {
        self.payload = std::mem::take(&mut self.payload).byte(7).number(thread);
    }
}
