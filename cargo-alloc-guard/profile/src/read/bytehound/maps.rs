//! What was mapped where, as `/proc/self/maps` has it.

/// A stretch of memory into which a file was mapped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Region {
    pub(super) start: u64,
    pub(super) end: u64,
    /// Where in the file it begins.
    pub(super) file_offset: u64,
    pub(super) path: String,
}

/// The regions of `text`, by address. A line that is not understood is left out.
pub(super) fn parse(text: &[u8]) -> Vec<Region> {
    let text = String::from_utf8_lossy(text);
    let mut regions: Vec<Region> = text.lines().filter_map(line).collect();
    regions.sort_by_key(|region| region.start);
    regions
}

/// `start-end permissions offset device inode path`
fn line(line: &str) -> Option<Region> {
    let mut rest = line;
    let mut field = || {
        let (field, after) = rest.trim_start().split_once(' ')?;
        rest = after;
        Some(field)
    };
    let (start, end) = field()?.split_once('-')?;
    let (_permissions, offset, _device, _inode) = (field()?, field()?, field()?, field()?);
    let path = rest.trim_start();
    (!path.is_empty()).then_some(())?;
    Some(Region {
        start: u64::from_str_radix(start, 16).ok()?,
        end: u64::from_str_radix(end, 16).ok()?,
        file_offset: u64::from_str_radix(offset, 16).ok()?,
        path: path.to_owned(),
    })
}

/// The region that `address` is in.
pub(super) fn find(regions: &[Region], address: u64) -> Option<&Region> {
    let index = regions.partition_point(|region| region.start <= address);
    regions[..index]
        .last()
        .filter(|region| address < region.end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_names_a_region_and_its_file() {
        let regions = parse(
            b"7f3e20c00000-7f3e20d00000 r-xp 0001f000 08:01 42    /usr/lib/a b.so\n\
              555a640ee000-555a640f0000 r--p 00000000 08:01 7 /bin/toy\n\
              7ffc00000000-7ffc00001000 rw-p 00000000 00:00 0 \n\
              nonsense\n",
        );
        assert_eq!(regions.len(), 2);
        assert_eq!(regions[0].path, "/bin/toy");
        assert_eq!(
            find(&regions, 0x7f3e_20c0_0010),
            Some(&Region {
                start: 0x7f3e_20c0_0000,
                end: 0x7f3e_20d0_0000,
                file_offset: 0x1f000,
                path: "/usr/lib/a b.so".to_owned(),
            })
        );
        assert_eq!(find(&regions, 0x7f3e_20d0_0000), None);
        assert_eq!(find(&regions, 0), None);
    }
}
