//! What runs on boards without a heap.

use std::{convert::Infallible, hint::black_box};

use embedded_graphics::{
    Drawable as _, Pixel,
    mono_font::{MonoTextStyle, ascii::FONT_6X10},
    pixelcolor::BinaryColor,
    prelude::{DrawTarget, OriginDimensions, Point, Primitive as _, Size},
    primitives::{Circle, PrimitiveStyle, Triangle},
    text::Text,
};
use smoltcp::{
    iface::{Config, Interface, SocketSet, SocketStorage},
    phy::{Device, DeviceCapabilities, Medium, RxToken, TxToken},
    socket::{tcp, udp},
    time::Instant,
    wire::{HardwareAddress, IpAddress, IpCidr, Ipv4Packet},
};

use super::super::Body;

/// A display of 64 by 32 dots.
struct Display([bool; 64 * 32]);

impl OriginDimensions for Display {
    fn size(&self) -> Size {
        Size::new(64, 32)
    }
}

impl DrawTarget for Display {
    type Color = BinaryColor;
    type Error = Infallible;

    fn draw_iter<I: IntoIterator<Item = Pixel<BinaryColor>>>(
        &mut self,
        pixels: I,
    ) -> Result<(), Infallible> {
        for Pixel(Point { x, y }, color) in pixels {
            if let (Ok(x @ 0..64), Ok(y @ 0..32)) = (usize::try_from(x), usize::try_from(y)) {
                self.0[64 * y + x] = color.is_on();
            }
        }
        Ok(())
    }
}

pub(super) fn embedded_graphics_shapes() -> Body {
    Box::new(|| {
        let mut display = Display([false; 64 * 32]);
        let stroke = PrimitiveStyle::with_stroke(BinaryColor::On, 2);
        let fill = PrimitiveStyle::with_fill(BinaryColor::On);
        let circle = Circle::new(black_box(Point::new(3, 3)), 20).into_styled(stroke);
        assert_eq!(circle.draw(&mut display), Ok(()));
        let corners = black_box([Point::new(30, 3), Point::new(80, 9), Point::new(40, 40)]);
        let triangle = Triangle::from_slice(&corners).into_styled(fill);
        assert_eq!(triangle.draw(&mut display), Ok(()));
        assert!(display.0.contains(&true));
    })
}

pub(super) fn embedded_graphics_text() -> Body {
    Box::new(|| {
        let mut display = Display([false; 64 * 32]);
        let style = MonoTextStyle::new(&FONT_6X10, BinaryColor::On);
        let text = Text::new(black_box("two\nlines"), Point::new(2, 10), style);
        assert!(text.draw(&mut display).is_ok());
        assert!(display.0.contains(&true));
    })
}

/// A wire whose ends are one: what is sent is received, four packets at most.
#[derive(Default)]
struct Wire {
    packets: heapless::Deque<heapless::Vec<u8, 1_500>, 4>,
}

struct Received(heapless::Vec<u8, 1_500>);

impl RxToken for Received {
    fn consume<R, F: FnOnce(&[u8]) -> R>(self, read: F) -> R {
        read(&self.0)
    }
}

struct Sent<'a>(&'a mut Wire);

impl TxToken for Sent<'_> {
    fn consume<R, F: FnOnce(&mut [u8]) -> R>(self, length: usize, write: F) -> R {
        let mut packet = heapless::Vec::new();
        assert!(packet.resize(length, 0).is_ok());
        let result = write(&mut packet);
        assert!(self.0.packets.push_back(packet).is_ok());
        result
    }
}

impl Device for Wire {
    type RxToken<'a> = Received;
    type TxToken<'a> = Sent<'a>;

    fn receive(&mut self, _: Instant) -> Option<(Received, Sent<'_>)> {
        let packet = self.packets.pop_front()?;
        Some((Received(packet), Sent(self)))
    }

    fn transmit(&mut self, _: Instant) -> Option<Sent<'_>> {
        (!self.packets.is_full()).then_some(Sent(self))
    }

    fn capabilities(&self) -> DeviceCapabilities {
        let mut capabilities = DeviceCapabilities::default();
        capabilities.medium = Medium::Ip;
        capabilities.max_transmission_unit = 1_500;
        capabilities
    }
}

const ADDRESS: IpAddress = IpAddress::v4(127, 0, 0, 1);

fn interface(wire: &mut Wire) -> Interface {
    let mut interface = Interface::new(Config::new(HardwareAddress::Ip), wire, Instant::ZERO);
    interface.update_ip_addrs(|addresses| {
        assert!(addresses.push(IpCidr::new(ADDRESS, 8)).is_ok());
    });
    interface
}

/// Storage that outlives the sockets in it, as a `static` would.
fn forever<T>(value: T) -> &'static mut T {
    Box::leak(Box::new(value))
}

pub(super) fn smoltcp_udp() -> Body {
    let mut wire = Wire::default();
    let mut interface = interface(&mut wire);
    let mut sockets = SocketSet::new(&mut forever([SocketStorage::EMPTY; 2])[..]);
    let buffer = || {
        let metadata = &mut forever([udp::PacketMetadata::EMPTY; 4])[..];
        udp::PacketBuffer::new(metadata, &mut forever([0; 1_000])[..])
    };
    let socket = sockets.add(udp::Socket::new(buffer(), buffer()));
    Box::new(move || {
        let udp = sockets.get_mut::<udp::Socket<'_>>(socket);
        if !udp.is_open() {
            assert_eq!(udp.bind(7_000), Ok(()));
        }
        assert_eq!(
            udp.send_slice(black_box(b"datagram"), (ADDRESS, 7_000)),
            Ok(())
        );
        for _ in 0..4 {
            interface.poll(Instant::ZERO, &mut wire, &mut sockets);
        }
        let udp = sockets.get_mut::<udp::Socket<'_>>(socket);
        assert!(udp.recv().is_ok_and(|(data, _)| data == b"datagram"));
    })
}

/// Connects to itself, sends, and gives up the connection.
pub(super) fn smoltcp_tcp() -> Body {
    let mut wire = Wire::default();
    let mut interface = interface(&mut wire);
    let mut sockets = SocketSet::new(&mut forever([SocketStorage::EMPTY; 2])[..]);
    let buffer = || tcp::SocketBuffer::new(&mut forever([0; 1_000])[..]);
    let server = sockets.add(tcp::Socket::new(buffer(), buffer()));
    let client = sockets.add(tcp::Socket::new(buffer(), buffer()));
    Box::new(move || {
        let listener = sockets.get_mut::<tcp::Socket<'_>>(server);
        assert_eq!(listener.listen(7_000), Ok(()));
        let caller = sockets.get_mut::<tcp::Socket<'_>>(client);
        let connected = caller.connect(interface.context(), (ADDRESS, 7_000), 8_000);
        assert_eq!(connected, Ok(()));
        for _ in 0..8 {
            interface.poll(Instant::ZERO, &mut wire, &mut sockets);
        }
        let caller = sockets.get_mut::<tcp::Socket<'_>>(client);
        assert_eq!(caller.send_slice(black_box(b"segment")), Ok(7));
        for _ in 0..8 {
            interface.poll(Instant::ZERO, &mut wire, &mut sockets);
        }
        let listener = sockets.get_mut::<tcp::Socket<'_>>(server);
        assert_eq!(listener.recv_slice(&mut [0; 20]), Ok(7));
        sockets.get_mut::<tcp::Socket<'_>>(client).abort();
        for _ in 0..8 {
            interface.poll(Instant::ZERO, &mut wire, &mut sockets);
        }
        assert!(!sockets.get::<tcp::Socket<'_>>(server).is_open());
    })
}

pub(super) fn smoltcp_bad_packet() -> Body {
    Box::new(|| assert!(Ipv4Packet::new_checked(black_box(&[0x45_u8; 12])).is_err()))
}
