//! What Lantern Row sells, and for how much.

/// A thing with a price in pence.
pub type Priced = (&'static str, i64);

/// Coffees, by the name on the bag; each comes in the sizes below.
pub const COFFEES: &[Priced] = &[
    ("Harbour Blend", 950),
    ("Night Ferry Espresso", 980),
    ("Kettle Street", 1020),
    ("Finca La Estrella", 1180),
    ("Biftu Gudina", 1280),
    ("Gakuyuini AA", 1390),
    ("Huehuetenango Peaberry", 1150),
    ("Monte Carmelo", 1040),
    ("Sumatra Wahana", 1120),
    ("Old Pier Decaf", 1090),
    ("Half Tide (half caf)", 1060),
    ("Geisha Las Nubes", 2450),
];

/// Sizes, and how many quarter kilos they cost.
pub const SIZES: &[(&str, f64)] = &[("250 g", 1.0), ("1 kg", 3.7), ("5 kg", 15.5)];

/// Everything that is not coffee.
pub const THINGS: &[Priced] = &[
    ("Filter papers, 100", 550),
    ("Cone dripper, white", 1800),
    ("Brass dripper stand", 4600),
    ("Hand grinder Limpet", 6900),
    ("Electric grinder Cormorant", 18900),
    ("Gooseneck kettle", 5400),
    ("Kitchen scale with timer", 3200),
    ("French press, 8 cups", 2900),
    ("Moka pot, 3 cups", 2600),
    ("Descaler, 4 sachets", 780),
    ("Cupping spoon", 1100),
    ("Enamel mug", 1200),
    ("Tea towel with the wrong ferry", 900),
    ("Gift card", 3000),
    ("Course: First Filter", 4500),
    ("Course: Milk and Nerve", 5500),
    ("Course: A Day at the Roaster", 14500),
    ("Cupping evening", 1500),
    ("Fortnightly box, one bag", 1050),
    ("Fortnightly box, two bags", 1990),
    ("Four-weekly box, one bag", 1090),
    ("Four-weekly box, two bags", 2050),
    ("Machine service", 9500),
    ("Barista training, half day", 18000),
    ("Cleaning powder, 900 g", 1450),
    ("Steam wand gasket", 450),
];

/// The price of a thing by its whole name (`Harbour Blend 1 kg`), if it is sold.
pub fn price(name: &str) -> Option<i64> {
    let thing = THINGS.iter().find(|(thing, _)| *thing == name).map(|(_, pence)| *pence);
    thing.or_else(|| {
        let (coffee, pence) = COFFEES.iter().find(|(coffee, _)| name.starts_with(coffee))?;
        let (_, times) = SIZES.iter().find(|(size, _)| name[coffee.len()..].trim() == *size)?;
        Some((*pence as f64 * times / 10.0).round() as i64 * 10)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bigger_bags_cost_more_but_less_by_weight() {
        assert_eq!(price("Harbour Blend 250 g"), Some(950));
        assert_eq!(price("Harbour Blend 1 kg"), Some(3520));
        assert_eq!(price("Enamel mug"), Some(1200));
        assert_eq!(price("Harbour Blend 3 g"), None);
    }
}
