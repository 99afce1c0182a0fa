//! Boxes, shared pointers and what is built on them.

use std::{
    borrow::Cow,
    cell::RefCell,
    error::Error,
    hint::black_box,
    rc::{Rc, Weak},
    sync::{Arc, mpsc},
};

trait Shape {
    fn area(&self) -> f64;
}

struct Square(f64);

struct Rectangle(f64, f64);

impl Shape for Square {
    fn area(&self) -> f64 {
        self.0 * self.0
    }
}

impl Shape for Rectangle {
    fn area(&self) -> f64 {
        self.0 * self.1
    }
}

pub(super) fn box_new() {
    black_box(Box::new(black_box([1_u8; 100])));
}

pub(super) fn box_dyn_trait() {
    let shapes: [Box<dyn Shape>; 2] = [
        Box::new(black_box(Square(2.0))),
        Box::new(black_box(Rectangle(2.0, 3.0))),
    ];
    black_box(shapes.iter().map(|shape| shape.area()).sum::<f64>());
}

pub(super) fn box_zero_sized() {
    black_box(Box::new(black_box([0_u64; 0])));
}

pub(super) fn box_leak() {
    black_box(Box::leak(Box::new(black_box(5_u64))));
}

pub(super) fn boxed_closures() {
    let steps: Vec<Box<dyn Fn(u64) -> u64>> = (0..black_box(5_u64))
        .map(|step| Box::new(move |value| value + step) as Box<dyn Fn(u64) -> u64>)
        .collect();
    black_box(steps.iter().fold(0, |value, step| step(value)));
}

pub(super) fn boxed_error() {
    let error: Box<dyn Error> = black_box("went wrong").into();
    black_box(error.to_string());
}

pub(super) fn rc_clone() {
    let shared = Rc::new(black_box(String::from("shared")));
    let copies = [Rc::clone(&shared), Rc::clone(&shared)];
    black_box(copies);
    black_box(Rc::unwrap_or_clone(shared));
}

pub(super) fn rc_str() {
    let text: Rc<str> = black_box("a string slice").into();
    black_box(text);
}

/// Two nodes that hold each other: never freed.
pub(super) fn rc_cycle() {
    struct Node {
        other: RefCell<Option<Rc<Node>>>,
        own: RefCell<Weak<Node>>,
    }
    let new = || {
        Rc::new(Node {
            other: RefCell::new(None),
            own: RefCell::new(Weak::new()),
        })
    };
    let (first, second) = (new(), new());
    *first.other.borrow_mut() = Some(Rc::clone(&second));
    *second.other.borrow_mut() = Some(Rc::clone(&first));
    *first.own.borrow_mut() = Rc::downgrade(&first);
    black_box((&first.own, &second.own));
}

pub(super) fn arc_make_mut() {
    let mut numbers = Arc::new(black_box(vec![1_u8, 2, 3]));
    let other = Arc::clone(&numbers);
    Arc::make_mut(&mut numbers).push(4);
    black_box((numbers, other));
}

pub(super) fn arc_slice() {
    let numbers: Arc<[u64]> = (0..black_box(40)).collect();
    black_box(numbers);
}

pub(super) fn arc_weak_outlives() {
    let strong = Arc::new(black_box(vec![1_u8; 10]));
    let weak = Arc::downgrade(&strong);
    drop(strong);
    black_box(weak.upgrade());
}

pub(super) fn cow_to_mut() {
    let mut text = Cow::Borrowed(black_box("borrowed"));
    text.to_mut().push_str(" and owned");
    black_box(text);
}

pub(super) fn channel_send() {
    let (sender, receiver) = mpsc::channel();
    for number in 0..black_box(100_u32) {
        black_box(sender.send(number).is_ok());
    }
    drop(sender);
    black_box(receiver.into_iter().sum::<u32>());
}
