//! Powers of floats, to the last bit as Node.js 20 has them. JavaScript leaves open how exact they are.
//!
//! The algorithm is that of FDLIBM's `e_pow.c`: the logarithm to base 2 in two parts, the product with the exponent in
//! two parts, and two to the power of that. Near its end V8 11.3, which is in Node.js 20, divides by another term than
//! FDLIBM does. That changes the last bit of one power in twenty, so no library has the same results; nor have later
//! versions of V8.
//!
//! > Copyright (C) 1993 by Sun Microsystems, Inc. All rights reserved. Developed at SunPro, a Sun Microsystems, Inc.
//! > business. Permission to use, copy, modify, and distribute this software is freely granted, provided that this
//! > notice is preserved.

const LOW_WORD: u64 = 0xFFFF_FFFF;

/// Of the logarithm: `(3/2) * (log(x) - 2s - 2/3 s^3)` by powers of `s^2`.
const L: [f64; 6] = [
    f64::from_bits(0x3FE3_3333_3333_3303),
    f64::from_bits(0x3FDB_6DB6_DB6F_ABFF),
    f64::from_bits(0x3FD5_5555_518F_264D),
    f64::from_bits(0x3FD1_7460_A91D_4101),
    f64::from_bits(0x3FCD_864A_93C9_DB65),
    f64::from_bits(0x3FCA_7E28_4A45_4EEF),
];
/// Of the exponential.
const P: [f64; 5] = [
    f64::from_bits(0x3FC5_5555_5555_553E),
    f64::from_bits(0xBF66_C16C_16BE_BD93),
    f64::from_bits(0x3F11_566A_AF25_DE2C),
    f64::from_bits(0xBEBB_BD41_C5D2_6BF1),
    f64::from_bits(0x3E66_3769_72BE_A4D0),
];
/// Where the logarithm is developed, and the logarithm of that to base 2 in two parts.
const AROUND: [f64; 2] = [1.0, 1.5];
const AROUND_HIGH: [f64; 2] = [0.0, f64::from_bits(0x3FE2_B803_4000_0000)];
const AROUND_LOW: [f64; 2] = [0.0, f64::from_bits(0x3E4C_FDEB_43CF_D006)];
/// `2 / (3 log 2)`, and its two parts.
const CP: f64 = f64::from_bits(0x3FEE_C709_DC3A_03FD);
const CP_HIGH: f64 = f64::from_bits(0x3FEE_C709_E000_0000);
const CP_LOW: f64 = f64::from_bits(0xBE3E_2FE0_145B_01F5);
/// `log 2`, and its two parts.
const LG2: f64 = f64::from_bits(0x3FE6_2E42_FEFA_39EF);
const LG2_HIGH: f64 = f64::from_bits(0x3FE6_2E43_0000_0000);
const LG2_LOW: f64 = f64::from_bits(0xBE20_5C61_0CA8_6C39);
/// `1 / log 2`, and its two parts.
const IVLN2: f64 = std::f64::consts::LOG2_E;
const IVLN2_HIGH: f64 = f64::from_bits(0x3FF7_1547_6000_0000);
const IVLN2_LOW: f64 = f64::from_bits(0x3E54_AE0B_F85D_DF44);
/// How far from 1024 the logarithm of the greatest float is.
const OVERFLOW: f64 = 8.008_566_259_537_294e-17;

/// `x` to the power of `y`.
pub(super) fn pow(x: f64, y: f64) -> f64 {
    let size = x.abs();
    if y == 0.0 {
        return 1.0;
    }
    if x.is_nan() || y.is_nan() || (size == 1.0 && y.is_infinite()) {
        return f64::NAN;
    }
    if y.is_infinite() {
        return if (size > 1.0) == (y > 0.0) { f64::INFINITY } else { 0.0 };
    }
    if y == 1.0 {
        return x;
    }
    if y == -1.0 {
        return 1.0 / x;
    }
    if y == 2.0 {
        return x * x;
    }
    if y == 0.5 && x.is_sign_positive() {
        return x.sqrt();
    }
    let is_whole = y.trunc() == y;
    if x < 0.0 && x.is_finite() && !is_whole {
        return f64::NAN;
    }
    let is_negative = x.is_sign_negative() && is_whole && y % 2.0 != 0.0;
    let sign = if is_negative { -1.0 } else { 1.0 };
    if size == 0.0 || size == 1.0 || size.is_infinite() {
        return sign * if y > 0.0 { size } else { 1.0 / size };
    }
    sign * of_size(size, y)
}

/// Of a size that is finite, and neither 0 nor 1.
fn of_size(size: f64, y: f64) -> f64 {
    let beyond = |grows: bool| if grows == (y > 0.0) { f64::INFINITY } else { 0.0 };
    let (high, of_y) = (high_word(size), high_word(y.abs()));
    let (log_high, log_low) = if of_y > 0x41E0_0000 {
        // More than 2^31: in range only where the size is close to 1.
        if of_y > 0x43F0_0000 || !(0x3FEF_FFFF..=0x3FF0_0000).contains(&high) {
            return beyond(high > 0x3FEF_FFFF);
        }
        logarithm_near_1(size)
    } else {
        logarithm(size)
    };
    // The product with the exponent, in two parts.
    let y_high = without_low_word(y);
    let low = (y - y_high) * log_high + y * log_low;
    let high = y_high * log_high;
    let z = low + high;
    if z > 1024.0 || (z == 1024.0 && low + OVERFLOW > z - high) {
        return f64::INFINITY;
    }
    if z < -1075.0 || (z == -1075.0 && low <= z - high) {
        return 0.0;
    }
    exponential(high, low, z)
}

/// To base 2, of a size that is less than 2^-20 away from 1; in two parts.
fn logarithm_near_1(size: f64) -> (f64, f64) {
    let t = size - 1.0;
    let w = (t * t) * (0.5 - t * (0.333_333_333_333_333_3 - t * 0.25));
    let u = IVLN2_HIGH * t;
    let v = t * IVLN2_LOW - w * IVLN2;
    let high = without_low_word(u + v);
    (high, v - (high - u))
}

/// To base 2, in two parts.
fn logarithm(size: f64) -> (f64, f64) {
    const TWO_TO_53: f64 = 9_007_199_254_740_992.0;
    let (size, before) = if size < f64::MIN_POSITIVE { (size * TWO_TO_53, -53) } else { (size, 0) };
    let high = high_word(size);
    let mut exponent = before + (high >> 20) - 0x3FF;
    let fraction = high & 0x000F_FFFF;
    let mut high = fraction | 0x3FF0_0000;
    // Up to the root of 3/2 around 1, then up to the root of 3 around 1.5.
    let around = match fraction {
        ..=0x3988E => 0,
        0x3988F..0xBB67A => 1,
        _ => {
            exponent += 1;
            high -= 0x0010_0000;
            0
        }
    };
    let size = f64::from_bits(u64::from(high as u32) << 32 | size.to_bits() & LOW_WORD);
    // s = (x - 1) / (x + 1), or with 1.5.
    let u = size - AROUND[around];
    let v = 1.0 / (size + AROUND[around]);
    let s = u * v;
    let s_high = without_low_word(s);
    let t_high =
        from_high_word(((high >> 1) | 0x2000_0000) + 0x0008_0000 + ((around as i32) << 18));
    let t_low = size - (t_high - AROUND[around]);
    let s_low = v * ((u - s_high * t_high) - s_high * t_low);
    let s2 = s * s;
    let series = L[0] + s2 * (L[1] + s2 * (L[2] + s2 * (L[3] + s2 * (L[4] + s2 * L[5]))));
    let r = s2 * s2 * series + s_low * (s_high + s);
    let s2 = s_high * s_high;
    let t_high = without_low_word(3.0 + s2 + r);
    let t_low = r - ((t_high - 3.0) - s2);
    let u = s_high * t_high;
    let v = s_low * t_high + t_low * s;
    let p_high = without_low_word(u + v);
    let p_low = v - (p_high - u);
    let z_high = CP_HIGH * p_high;
    let z_low = CP_LOW * p_high + p_low * CP + AROUND_LOW[around];
    let exponent = f64::from(exponent);
    let high = without_low_word(((z_high + z_low) + AROUND_HIGH[around]) + exponent);
    (high, z_low - (((high - exponent) - AROUND_HIGH[around]) - z_high))
}

/// Two to the power of `high + low`, of which `z` is the sum.
fn exponential(mut high: f64, low: f64, z: f64) -> f64 {
    let word = high_word(z);
    let size = word & 0x7FFF_FFFF;
    let mut whole = 0;
    if size > 0x3FE0_0000 {
        // The nearest whole number.
        let rounded = word + (0x0010_0000 >> ((size >> 20) - 0x3FF + 1));
        let exponent = ((rounded & 0x7FFF_FFFF) >> 20) - 0x3FF;
        whole = ((rounded & 0x000F_FFFF) | 0x0010_0000) >> (20 - exponent);
        if word < 0 {
            whole = -whole;
        }
        high -= from_high_word(rounded & !(0x000F_FFFF >> exponent));
    }
    let t = without_low_word(low + high);
    let u = t * LG2_HIGH;
    let v = (low - (t - high)) * LG2 + t * LG2_LOW;
    let z = u + v;
    let w = v - (z - u);
    let t = z * z;
    let t1 = z - t * (P[0] + t * (P[1] + t * (P[2] + t * (P[3] + t * P[4]))));
    // FDLIBM subtracts the last term from the quotient.
    let r = z * t1 / ((t1 - 2.0) - (w + z * w));
    let z = 1.0 - (r - z);
    // The first product is exact: only the second one can leave the normal floats.
    let half = whole / 2;
    z * two_to(half) * two_to(whole - half)
}

/// Two to a power between -1022 and 1023.
fn two_to(exponent: i32) -> f64 {
    from_high_word((exponent + 0x3FF) << 20)
}

fn high_word(x: f64) -> i32 {
    (x.to_bits() >> 32) as i32
}

fn from_high_word(word: i32) -> f64 {
    f64::from_bits(u64::from(word as u32) << 32)
}

fn without_low_word(x: f64) -> f64 {
    f64::from_bits(x.to_bits() & !LOW_WORD)
}
