//! Icons, drawn by hand on a grid of 24: one stroke, round ends, the colour of the text around them.

use maud::{Markup, PreEscaped, html};

macro_rules! icons {
    ($($(#[$doc:meta])* $name:ident = $path:literal;)*) => {
        /// A drawing beside a word; it says nothing by itself.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Icon { $($(#[$doc])* $name,)* }
        impl Icon {
            fn path(self) -> &'static str {
                match self { $(Self::$name => $path,)* }
            }
        }
    };
}

icons! {
    Today = "M12 3v2M12 19v2M3 12h2M19 12h2M5.6 5.6l1.4 1.4M17 17l1.4 1.4M5.6 18.4 7 17M17 7l1.4-1.4M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8Z";
    People = "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7ZM3 20c.4-3.6 2.700-6 6-6s5.600 2.400 6 6M16 4.300a3.500 3.500 0 0 1 0 6.500M18 14.500c1.800.9 2.800 2.900 3 5.500";
    Account = "M4 21V6l8-3v18M12 9l8 2v10M2 21h20M7.500 9v.01M7.500 13v.01M7.500 17v.01M16 14v.01M16 17.500v.01";
    Outreach = "M3.500 11.500 20.500 4 15 20.500 11 13.500ZM11 13.500 20.500 4M11 13.500V20";
    Import = "M12 3v12M7.500 10.500 12 15l4.500-4.500M4 17v3h16v-3";
    House = "M3 11.500 12 4l9 7.500M5.500 9.500V20h13V9.500M10 20v-6h4v6";
    Mail = "M3.500 6h17v12.500h-17ZM4 6.500l8 6.500 8-6.500";
    Chat = "M4 5h16v11h-9l-4.500 4V16H4Z";
    Phone = "M6.500 3.500 9 4l1.500 4-2 1.800a12 12 0 0 0 5.700 5.700l1.800-2 4 1.500.5 2.500c0 1.700-1.300 3-3 3C10.500 20.500 3.500 13.500 3.500 6.500c0-1.700 1.300-3 3-3Z";
    Visit = "M12 21s-6.500-6-6.500-11a6.500 6.500 0 0 1 13 0c0 5-6.500 11-6.500 11ZM12 7.500a2.500 2.500 0 1 0 0 5 2.500 2.500 0 0 0 0-5Z";
    Meeting = "M4 6h16v14H4ZM4 10h16M8 3.500V7M16 3.500V7M9 15l2 2 4-4";
    Note = "M5 4h14v11l-5 5H5ZM14 20v-5h5M8.500 8.500h7M8.500 12h4";
    Purchase = "M5 3.500 7 5l2.500-1.500L12 5l2.500-1.500L17 5l2-1.500v17L17 19l-2.500 1.500L12 19l-2.500 1.500L7 19l-2 1.500ZM8.500 9h7M8.500 13h7";
    Repeat = "M4 12a8 8 0 0 1 14-5.300L20 9M20 4v5h-5M20 12a8 8 0 0 1-14 5.300L4 15M4 20v-5h5";
    Survey = "M4 20V4M4 20h16M8.500 16v-4M13 16V7M17.500 16v-6.500";
    Use = "M5 4l14 8-6 1.500L10 20Z";
    Referral = "M12 20s-7.500-4.400-7.500-10A4.300 4.300 0 0 1 12 7.300 4.300 4.300 0 0 1 19.500 10c0 5.600-7.500 10-7.500 10Z";
    Joined = "M5 21V4M5 5h12l-2.500 4L17 13H5";
    Permission = "M12 3.500 5 6v5.500c0 4.500 3 7.500 7 9 4-1.500 7-4.500 7-9V6ZM8.800 12l2.400 2.400 4-4.400";
    Dot = "M12 9.500a2.500 2.500 0 1 0 0 5 2.500 2.500 0 0 0 0-5Z";
    Search = "M10.500 4a6.500 6.500 0 1 0 0 13 6.500 6.500 0 0 0 0-13ZM15.500 15.500 20.500 20.500";
    Clip = "M8 12.500 14 6.500a3 3 0 0 1 4.200 4.200l-7.500 7.600a5 5 0 0 1-7-7L11 4";
    Check = "M5 12.500 10 17.500 19.500 7";
    Shared = "M8 9.500a2.500 2.500 0 1 0 0 5 2.500 2.500 0 0 0 0-5ZM17 4a2.500 2.500 0 1 0 0 5 2.500 2.500 0 0 0 0-5ZM17 15a2.500 2.500 0 1 0 0 5 2.500 2.500 0 0 0 0-5ZM10.300 10.900l4.500-3.200M10.300 13.100l4.500 3.200";
    Blocked = "M12 3.500a8.500 8.500 0 1 0 0 17 8.500 8.500 0 0 0 0-17ZM6 6l12 12";
    Key = "M8 8.500a4 4 0 1 0 0 8 4 4 0 0 0 0-8ZM12 12.500h9v3.500M17 12.500V15";
    Leave = "M14 4H5v16h9M10 12h11M17.500 8.500 21 12l-3.500 3.500";
}

/// Draws an icon. It is left out of what screen readers say, because words stand beside it.
pub(crate) fn icon(icon: Icon) -> Markup {
    html! {
        svg.icon viewBox="0 0 24 24" width="20" height="20" fill="none" stroke="currentColor" stroke-width="1.5"
            stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false" {
            path d=(PreEscaped(icon.path())) {}
        }
    }
}
