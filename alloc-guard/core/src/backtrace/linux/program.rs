//! Owns the call frame instructions (DWARF 5, section 6.4.2): from a function's program to what
//! holds at one address.

use super::{
    cfi::Common,
    reader::Reader,
    registers::{FRAME_POINTER, STACK_POINTER},
};

/// Where the caller's value of a register is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// In the register still.
    Unchanged,
    /// On the stack, this far from the CFA.
    At(i64),
    /// Nowhere.
    Undefined,
    /// Behind an expression, or in another register.
    Computed,
}

/// What holds at one address, of the registers that a walk follows.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row {
    /// Register and offset; `None` if it is an expression.
    pub(super) cfa: Option<(u64, i64)>,
    pub(super) frame_pointer: Place,
    pub(super) stack_pointer: Place,
    pub(super) return_address: Place,
}

impl Row {
    /// Before any instruction.
    pub(super) const START: Self = Self {
        cfa: None,
        frame_pointer: Place::Unchanged,
        stack_pointer: Place::Unchanged,
        return_address: Place::Unchanged,
    };

    fn set(&mut self, common: &Common<'_>, register: u64, place: Place) {
        if register == common.return_address {
            self.return_address = place;
        } else if register == FRAME_POINTER {
            self.frame_pointer = place;
        } else if register == STACK_POINTER {
            self.stack_pointer = place;
        }
    }

    fn restore(&mut self, common: &Common<'_>, register: u64, initial: &Self) {
        let place = if register == common.return_address {
            initial.return_address
        } else if register == FRAME_POINTER {
            initial.frame_pointer
        } else {
            initial.stack_pointer
        };
        self.set(common, register, place);
    }
}

/// How deep `remember_state` may nest. Compilers nest once.
const SAVED: usize = 8;

/// Runs `code`, from the row `initial`: to its end, or for a function that starts at the first of
/// two addresses, up to what holds at the second. `None` if an instruction is unknown or cut off.
pub(super) fn run(
    common: &Common<'_>,
    mut code: Reader<'_>,
    function: Option<(usize, usize)>,
    initial: &Row,
) -> Option<Row> {
    let (mut at, pc) = function.unwrap_or((0, usize::MAX));
    let mut row = *initial;
    let mut saved = [*initial; SAVED];
    let mut depth = 0_usize;
    while !code.is_empty() {
        let instruction = code.u8()?;
        let operand = u64::from(instruction & 0x3f);
        let advance = match instruction {
            0x40..=0x7f => operand,
            0x02 => u64::from(code.u8()?),
            0x03 => u64::from(code.u16()?),
            0x04 => u64::from(code.u32()?),
            // set_loc
            0x01 => {
                at = usize::try_from(code.encoded(common.encoding)?).ok()?;
                if at > pc {
                    break;
                }
                continue;
            }
            // remember_state
            0x0a => {
                *saved.get_mut(depth)? = row;
                depth = depth.wrapping_add(1);
                continue;
            }
            // restore_state
            0x0b => {
                depth = depth.checked_sub(1)?;
                row = *saved.get(depth)?;
                continue;
            }
            _ => {
                step(common, instruction, &mut code, &mut row, initial)?;
                continue;
            }
        };
        let bytes = advance.wrapping_mul(common.code_alignment);
        at = at.wrapping_add(usize::try_from(bytes).ok()?);
        if at > pc {
            break;
        }
    }
    Some(row)
}

/// One instruction that changes the row alone.
fn step(
    common: &Common<'_>,
    instruction: u8,
    code: &mut Reader<'_>,
    row: &mut Row,
    initial: &Row,
) -> Option<()> {
    let operand = u64::from(instruction & 0x3f);
    let factored =
        |offset: u64| Place::At(offset.cast_signed().wrapping_mul(common.data_alignment));
    let signed = |offset: i64| offset.wrapping_mul(common.data_alignment);
    match instruction {
        // nop
        0x00 => {}
        // offset, offset_extended, offset_extended_sf
        0x80..=0xbf => row.set(common, operand, factored(code.unsigned()?)),
        0x05 => {
            let register = code.unsigned()?;
            row.set(common, register, factored(code.unsigned()?));
        }
        0x11 => {
            let register = code.unsigned()?;
            row.set(common, register, Place::At(signed(code.signed()?)));
        }
        // restore, restore_extended
        0xc0..=0xff => row.restore(common, operand, initial),
        0x06 => row.restore(common, code.unsigned()?, initial),
        // undefined, same_value
        0x07 => row.set(common, code.unsigned()?, Place::Undefined),
        0x08 => row.set(common, code.unsigned()?, Place::Unchanged),
        // register, val_offset; val_offset_sf
        0x09 | 0x14 => {
            let register = code.unsigned()?;
            code.unsigned()?;
            row.set(common, register, Place::Computed);
        }
        0x15 => {
            let register = code.unsigned()?;
            code.signed()?;
            row.set(common, register, Place::Computed);
        }
        // expression, val_expression
        0x10 | 0x16 => {
            let register = code.unsigned()?;
            let len = code.unsigned()?;
            code.skip(len)?;
            row.set(common, register, Place::Computed);
        }
        // def_cfa, def_cfa_sf
        0x0c => {
            let register = code.unsigned()?;
            row.cfa = Some((register, code.unsigned()?.cast_signed()));
        }
        0x12 => {
            let register = code.unsigned()?;
            row.cfa = Some((register, signed(code.signed()?)));
        }
        // def_cfa_register; def_cfa_offset, def_cfa_offset_sf
        0x0d => row.cfa = Some((code.unsigned()?, row.cfa?.1)),
        0x0e => row.cfa = Some((row.cfa?.0, code.unsigned()?.cast_signed())),
        0x13 => row.cfa = Some((row.cfa?.0, signed(code.signed()?))),
        // def_cfa_expression
        0x0f => {
            let len = code.unsigned()?;
            code.skip(len)?;
            row.cfa = None;
        }
        // GNU_args_size
        0x2e => {
            code.unsigned()?;
        }
        // AARCH64_negate_ra_state: whether return addresses are signed; see `without_signature`.
        0x2d if cfg!(target_arch = "aarch64") => {}
        _ => return None,
    }
    Some(())
}
