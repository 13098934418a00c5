//! Colours: each district's few become a whole palette, light and dark, whose contrast is computed, not hoped for.
//!
//! Invariant: whatever two colours a district has, every pair in [`Palette::pairs`] has the contrast that it states
//! (WCAG 2.2, AA and better). No colour stands anywhere else: the style sheet knows only the names below.

use std::fmt::Write as _;

use lotus_domain::district::{Colour, District};

/// A colour in the sRGB space.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rgb(pub(crate) [u8; 3]);

const WHITE: Rgb = Rgb([255; 3]);
const BLACK: Rgb = Rgb([0; 3]);

impl Rgb {
    const fn hex(colour: u32) -> Self {
        let [_, red, green, blue] = colour.to_be_bytes();
        Self([red, green, blue])
    }

    fn of(colour: &Colour) -> Self {
        Self::hex(u32::from_str_radix(colour.as_str().trim_start_matches('#'), 16).unwrap_or(0))
    }

    /// Relative luminance (WCAG 2.2).
    fn luminance(self) -> f64 {
        let [red, green, blue] = self.0.map(|byte| {
            let share = f64::from(byte) / 255.0;
            if share <= 0.04045 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
        });
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    /// Contrast of two colours, 1 to 21 (WCAG 2.2).
    pub(crate) fn contrast(self, other: Self) -> f64 {
        let (one, other) = (self.luminance(), other.luminance());
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    /// This colour with a share of another, in percent.
    fn mixed(self, other: Self, percent: u16) -> Self {
        let mix = |own: u8, other: u8| {
            let sum = u16::from(own) * (100 - percent.min(100)) + u16::from(other) * percent.min(100);
            u8::try_from((sum + 50) / 100).unwrap_or(u8::MAX)
        };
        let ([red, green, blue], [other_red, other_green, other_blue]) = (self.0, other.0);
        Self([mix(red, other_red), mix(green, other_green), mix(blue, other_blue)])
    }

    /// This colour, moved towards another just as far as it takes to stand out from all of these grounds.
    fn until(self, towards: Self, grounds: &[Self], contrast: f64) -> Self {
        (0..=100)
            .step_by(2)
            .map(|percent| self.mixed(towards, percent))
            .find(|colour| grounds.iter().all(|ground| colour.contrast(*ground) >= contrast))
            .unwrap_or(towards)
    }
}

impl std::fmt::Display for Rgb {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [red, green, blue] = self.0;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

/// A notice's ground, words and edge.
#[derive(Debug, Clone, Copy)]
struct Tone {
    name: &'static str,
    ground: Rgb,
    ink: Rgb,
    edge: Rgb,
}

impl Tone {
    const fn new(name: &'static str, ground: u32, ink: u32, edge: u32) -> Self {
        Self { name, ground: Rgb::hex(ground), ink: Rgb::hex(ink), edge: Rgb::hex(edge) }
    }
}

/// Every colour of a page.
#[derive(Debug, Clone)]
pub(crate) struct Palette {
    /// Behind everything.
    paper: Rgb,
    /// Behind what belongs together.
    card: Rgb,
    /// Words.
    ink: Rgb,
    /// Words of lesser weight.
    muted: Rgb,
    /// Lines that only divide.
    line: Rgb,
    /// Edges of what one types into.
    edge: Rgb,
    /// The head of a page.
    brand: Rgb,
    /// The head's lower part.
    brand_deep: Rgb,
    /// Words on the brand.
    on_brand: Rgb,
    /// Links, and headings in the district's colour.
    link: Rgb,
    /// Ground of a button.
    button: Rgb,
    /// Ground of a button that is pointed at.
    button_deep: Rgb,
    /// Words on a button.
    on_button: Rgb,
    /// A quiet ground in the district's colour.
    tint: Rgb,
    /// The ring around what has the focus.
    focus: Rgb,
    tones: [Tone; 4],
    /// Series of a chart.
    series: [Rgb; 6],
}

impl Palette {
    /// For light surroundings.
    pub(crate) fn light(primary: Rgb, accent: Rgb) -> Self {
        let (paper, card, words) = (Rgb::hex(0xf5_f6f8), WHITE, Rgb::hex(0x1b_2027));
        let tint = accent.until(WHITE, &[words], 12.0);
        let brand = primary.until(BLACK, &[WHITE], 4.6);
        let link = primary.until(BLACK, &[paper, card, tint], 4.8);
        Self {
            paper,
            card,
            ink: words,
            muted: Rgb::hex(0x4f_5863).until(BLACK, &[tint], 5.0),
            line: Rgb::hex(0xd8_dce1),
            edge: Rgb::hex(0x6f_7883),
            brand,
            brand_deep: brand.mixed(BLACK, 22),
            on_brand: WHITE,
            link,
            button: brand,
            button_deep: brand.mixed(BLACK, 18),
            on_button: WHITE,
            tint,
            focus: Rgb::hex(0x1b_2027),
            tones: [
                Tone::new("info", 0xe8_f1fb, 0x12_395f, 0x25_63a8),
                Tone::new("good", 0xe6_f4ea, 0x12_431f, 0x2e_7d43),
                Tone::new("attention", 0xff_f4dc, 0x5a_3a00, 0xa8_6200),
                Tone::new("urgent", 0xfd_eaea, 0x7a_1414, 0xc6_2828),
            ],
            series: [
                link,
                Rgb::hex(0xb4_5309),
                Rgb::hex(0x0f_766e),
                Rgb::hex(0x7c_3aed),
                Rgb::hex(0xbe_123c),
                Rgb::hex(0x47_5569),
            ],
        }
    }

    /// For dark surroundings.
    pub(crate) fn dark(primary: Rgb) -> Self {
        let (paper, card, words) = (Rgb::hex(0x11_151a), Rgb::hex(0x1a_1f26), Rgb::hex(0xed_f0f3));
        let tint = card.mixed(primary, 26).until(BLACK, &[words], 9.0);
        let brand = primary.mixed(BLACK, 34).until(BLACK, &[WHITE], 7.0);
        let link = primary.until(WHITE, &[paper, card, tint], 5.2);
        Self {
            paper,
            card,
            ink: words,
            muted: Rgb::hex(0xae_b7c1).until(WHITE, &[tint], 5.0),
            line: Rgb::hex(0x35_3c45),
            edge: Rgb::hex(0x86_909c),
            brand,
            brand_deep: brand.mixed(BLACK, 30),
            on_brand: WHITE,
            link,
            button: link,
            button_deep: link.mixed(WHITE, 25),
            on_button: paper,
            tint,
            focus: words,
            tones: [
                Tone::new("info", 0x13_283d, 0xcf_e3f8, 0x6a_a7e3),
                Tone::new("good", 0x12_301b, 0xcf_eeda, 0x63_b97d),
                Tone::new("attention", 0x33_270c, 0xf7_e3b5, 0xd9_a441),
                Tone::new("urgent", 0x3a_1717, 0xf9_d2d2, 0xef_7b7b),
            ],
            series: [
                link,
                Rgb::hex(0xfb_bf24),
                Rgb::hex(0x5e_ead4),
                Rgb::hex(0xc4_b5fd),
                Rgb::hex(0xfd_a4af),
                Rgb::hex(0xcb_d5e1),
            ],
        }
    }

    /// The palette for whoever asks their system for more contrast.
    pub(crate) fn stronger(&self) -> Self {
        Self { muted: self.ink, line: self.edge, edge: self.ink, ..self.clone() }
    }

    /// What stands on what, and the contrast it must have.
    #[cfg(test)]
    fn pairs(&self) -> Vec<(&'static str, Rgb, Rgb, f64)> {
        let mut pairs = vec![
            ("button", self.on_button, self.button, 4.5),
            ("button pointed at", self.on_button, self.button_deep, 4.5),
            ("head", self.on_brand, self.brand, 4.5),
            ("lower head", self.on_brand, self.brand_deep, 4.5),
        ];
        for (name, ground) in [("paper", self.paper), ("card", self.card), ("tint", self.tint)] {
            pairs.extend([
                (name, self.ink, ground, 7.0),
                (name, self.muted, ground, 4.5),
                (name, self.link, ground, 4.5),
                (name, self.edge, ground, 3.0),
                (name, self.focus, ground, 3.0),
            ]);
            pairs.extend(self.tones.iter().map(|tone| (tone.name, tone.edge, ground, 3.0)));
        }
        pairs.extend(self.tones.iter().map(|tone| (tone.name, tone.ink, tone.ground, 7.0)));
        pairs.extend(self.series.iter().map(|colour| ("series", *colour, self.card, 3.0)));
        pairs
    }

    /// As custom properties of CSS.
    fn css(&self) -> String {
        let named = [
            ("paper", self.paper),
            ("card", self.card),
            ("ink", self.ink),
            ("muted", self.muted),
            ("line", self.line),
            ("edge", self.edge),
            ("brand", self.brand),
            ("brand-deep", self.brand_deep),
            ("on-brand", self.on_brand),
            ("link", self.link),
            ("button", self.button),
            ("button-deep", self.button_deep),
            ("on-button", self.on_button),
            ("tint", self.tint),
            ("focus", self.focus),
        ];
        let mut css = String::new();
        // Writing to a string can't fail.
        for (name, colour) in named {
            let _ = write!(css, "--{name}:{colour};");
        }
        for Tone { name, ground, ink, edge } in self.tones {
            let _ = write!(css, "--{name}-ground:{ground};--{name}-ink:{ink};--{name}-edge:{edge};");
        }
        for (number, colour) in self.series.iter().enumerate() {
            let _ = write!(css, "--series-{}:{colour};", number + 1);
        }
        css
    }
}

/// The style sheet that gives a district's pages their colours. The city's also has every district's, for the page on
/// which one chooses.
pub(crate) fn style_sheet(district: &District, others: &[std::sync::Arc<District>]) -> String {
    let (light, dark) = palettes(district);
    let mut css = format!(
        ":root{{color-scheme:light dark;{}}}\n@media (prefers-contrast:more){{:root{{{}}}}}\n",
        light.css(),
        light.stronger().css()
    );
    let _ = write!(
        css,
        "@media screen and (prefers-color-scheme:dark){{:root{{{}}}}}\n@media screen and (prefers-color-scheme:dark) and (prefers-contrast:more){{:root{{{}}}}}\n",
        dark.css(),
        dark.stronger().css()
    );
    for other in others {
        let (light, dark) = palettes(other);
        let _ = write!(
            css,
            ".of-{0}{{--own:{1};--own-link:{2}}}\n@media screen and (prefers-color-scheme:dark){{.of-{0}{{--own:{3};--own-link:{3}}}}}\n",
            other.division, light.brand, light.link, dark.link
        );
    }
    css
}

fn palettes(district: &District) -> (Palette, Palette) {
    let (primary, accent) = (Rgb::of(&district.theme.primary), Rgb::of(&district.theme.accent));
    (Palette::light(primary, accent), Palette::dark(primary))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn assert_readable(palette: &Palette, whose: &str) {
        for (what, colour, ground, least) in palette.pairs() {
            let contrast = colour.contrast(ground);
            assert!(contrast >= least, "{whose}, {what}: {colour} on {ground} has {contrast:.2}, needs {least}");
        }
    }

    #[test]
    fn every_district_of_the_demonstration_is_readable_by_day_and_by_night() {
        for district in lotus_demo::city().unwrap().districts {
            let (light, dark) = palettes(&district);
            for (palette, when) in [(&light, "light"), (&dark, "dark")] {
                assert_readable(palette, &format!("{} {when}", district.name.zh));
                assert_readable(&palette.stronger(), &format!("{} {when}, more contrast", district.name.zh));
            }
        }
    }

    proptest! {
        #[test]
        fn any_two_colours_give_a_readable_palette(primary in any::<[u8; 3]>(), accent in any::<[u8; 3]>()) {
            assert_readable(&Palette::light(Rgb(primary), Rgb(accent)), "light");
            assert_readable(&Palette::dark(Rgb(primary)), "dark");
        }
    }

    #[test]
    fn contrast_is_what_the_guideline_computes() {
        assert!((BLACK.contrast(WHITE) - 21.0).abs() < 0.01);
        assert!((Rgb::hex(0x76_7676).contrast(WHITE) - 4.54).abs() < 0.01);
    }
}
