//! What runs in an audio callback.

use std::hint::black_box;

use biquad::{
    Biquad as _, Coefficients, DirectForm2Transposed, Q_BUTTERWORTH_F32, ToHertz as _, Type,
};
use microfft::Complex32;
use rubato::{
    Async, FixedAsync, PolynomialDegree, Resampler as _, SincInterpolationParameters,
    audioadapter_buffers::direct::InterleavedSlice,
};

use super::super::Body;

const CHANNELS: usize = 2;
const FRAMES: usize = 256;

/// From 44.1 to 48 kHz.
const RATIO: f64 = 48_000.0 / 44_100.0;

fn poly() -> Async<f32> {
    let degree = PolynomialDegree::Cubic;
    Async::new_poly(RATIO, 1.1, degree, FRAMES, CHANNELS, FixedAsync::Input).expect("it can")
}

fn sinc() -> Async<f32> {
    let parameters = SincInterpolationParameters::default();
    Async::new_sinc(RATIO, 1.1, &parameters, FRAMES, CHANNELS, FixedAsync::Input).expect("it can")
}

pub(super) fn rubato_process_poly() -> Body {
    let mut resampler = poly();
    let input = vec![0.5; CHANNELS * FRAMES];
    let room = resampler.output_frames_max();
    let mut output = vec![0.0; CHANNELS * room];
    Box::new(move || {
        let input = InterleavedSlice::new(black_box(&input), CHANNELS, FRAMES).expect("it fits");
        let mut output = InterleavedSlice::new_mut(&mut output, CHANNELS, room).expect("it fits");
        let processed = resampler.process_into_buffer(&input, &mut output, None);
        assert!(processed.is_ok_and(|(read, _)| read == FRAMES));
    })
}

pub(super) fn rubato_process_sinc() -> Body {
    let mut resampler = sinc();
    let input = vec![0.5; CHANNELS * FRAMES];
    let room = resampler.output_frames_max();
    let mut output = vec![0.0; CHANNELS * room];
    Box::new(move || {
        let input = InterleavedSlice::new(black_box(&input), CHANNELS, FRAMES).expect("it fits");
        let mut output = InterleavedSlice::new_mut(&mut output, CHANNELS, room).expect("it fits");
        let processed = resampler.process_into_buffer(&input, &mut output, None);
        assert!(processed.is_ok_and(|(read, _)| read == FRAMES));
    })
}

pub(super) fn rubato_process_no_room() -> Body {
    let mut resampler = poly();
    let input = vec![0.5; CHANNELS * FRAMES];
    let mut output = vec![0.0; CHANNELS * 10];
    Box::new(move || {
        let input = InterleavedSlice::new(black_box(&input), CHANNELS, FRAMES).expect("it fits");
        let mut output = InterleavedSlice::new_mut(&mut output, CHANNELS, 10).expect("it fits");
        let processed = resampler.process_into_buffer(&input, &mut output, None);
        assert!(processed.is_err());
    })
}

pub(super) fn biquad_run_and_reset() -> Body {
    let coefficients =
        Coefficients::<f32>::from_params(Type::LowPass, 48_000.hz(), 1_000.hz(), Q_BUTTERWORTH_F32)
            .expect("the frequency is below half the rate");
    let mut filter = DirectForm2Transposed::<f32>::new(coefficients);
    Box::new(move || {
        for _ in 0..black_box(64) {
            black_box(filter.run(black_box(0.5)));
        }
        filter.reset_state();
        black_box(filter.replace_coefficients(coefficients));
    })
}

pub(super) fn microfft_transform() -> Body {
    Box::new(|| {
        let mut samples = black_box([Complex32::new(1.0, 0.0); 256]);
        let spectrum = microfft::complex::cfft_256(&mut samples);
        assert!((spectrum[0].re - 256.0).abs() < 0.1);
    })
}
