//! The main characters: each has a year of their own, written by hand in `data/stories`.

use model::{Fields, Fragment, Handle, RoleClaim, Time};

use crate::{
    actor::Actor,
    people,
    script::{Script, built_in},
    stage::{House, Stage},
    year::Year,
};

macro_rules! stories {
    ($($name:literal)*) => {
        const STORIES: &[(&str, &str)] =
            &[$(($name, include_str!(concat!("../data/stories/", $name, ".txt")))),*];
    };
}

stories! {
    "margo-bellweather" "dario-conti" "ines-carvalho" "gordon-achesen" "hannah-frobisher"
    "anneliese-wiese" "etienne-marchand" "tanaka-yuki" "lucia-fernandez" "fiona-macready"
    "archibald-dunn" "samuel-adeyemi" "colette-ashdown" "bram-de-wit" "hallbergs"
    "pomeroys" "viktor-sandoval" "aisha-rahman" "owen-pritchard" "minh-chau"
    "teo-lindgren" "wilhelmina" "suryadi" "layla-haddad" "bogdan-ilic" "macraes"
    "rhona-sinclair" "doubles"
}

/// Everybody with a story of their own.
pub fn told(house: &mut House) -> Vec<Fragment> {
    let mut fragments = Vec::new();
    for (file, text) in STORIES {
        for script in built_in(file, text) {
            fragments.push(fragment(house, file, &script));
        }
    }
    fragments
}

/// Every name that a story has taken: nobody else is called so by chance.
pub fn names() -> Vec<String> {
    let scripts = STORIES.iter().flat_map(|(file, text)| built_in(file, text));
    scripts.filter_map(|script| script.get("name").map(str::to_owned)).collect()
}

fn fragment(house: &mut House, file: &str, script: &Script) -> Fragment {
    let actor = actor(script);
    let (slug, handles) = (actor.slug.clone(), handles(file, script));
    let roles = script.every("role").filter_map(|line| role(line, house.year)).collect();
    let mut stage = Stage::new(house, actor);
    for scene in &script.scenes {
        let at = scene.when.time(stage.house.year, stage.house.year.start(), stage.last(), 5);
        stage
            .play(scene, at)
            .unwrap_or_else(|wrong| panic!("{file}, \u{201c}{}\u{201d}: {wrong}", scene.title));
    }
    let moments = stage.moments;
    assert!(moments.is_sorted_by_key(|moment| moment.at), "{file} is not told in order");
    Fragment {
        source: script.get("source").unwrap_or("shop").to_owned(),
        key: slug,
        seen_at: moments.first().map_or(house.year.start(), |moment| moment.at),
        fields: fields(script),
        handles,
        roles,
        moments,
    }
}

fn actor(script: &Script) -> Actor {
    let text = |key| script.get(key).unwrap_or_default().to_owned();
    let address = script.get("mail").map(str::to_owned);
    let first = if text("given").is_empty() { text("name") } else { text("given") };
    Actor {
        slug: script.get("slug").map_or_else(|| people::slug(&text("name")), str::to_owned),
        name: text("name"),
        first,
        address,
        sign: script.every("sign").collect::<Vec<_>>().join("\n"),
        language: text("language"),
        account: script.every("role").find_map(|line| Some(role_parts(line)?.1.to_owned())),
        staff: script.get("staff").unwrap_or("priya").to_owned(),
        city: text("city"),
    }
}

fn fields(script: &Script) -> Fields {
    let known = [
        ("name", "name"),
        ("given", "given_name"),
        ("family", "family_name"),
        ("company", "company"),
        ("title", "title"),
        ("story", "story"),
        ("goal", "goal"),
        ("birthday", "birthday"),
        ("city", "city"),
        ("language", "language"),
        ("tags", "tags"),
    ];
    known.iter().filter_map(|(key, field)| Some(((*field).to_owned(), script.get(key)?.to_owned()))).collect()
}

fn handles(file: &str, script: &Script) -> Vec<Handle> {
    let mails = script.every("mail").map(|raw| Handle::email(raw).map(Handle::proven));
    let phones = script.every("phone").map(|raw| Handle::phone(raw, Some(crate::COUNTRY)));
    let social = script.every("social").filter_map(|line| line.split_once(' '));
    let social = social.map(|(network, name)| Handle::social(network, name));
    let all = mails.chain(phones).chain(social);
    all.map(|handle| handle.unwrap_or_else(|wrong| panic!("{file}: {wrong}"))).collect()
}

fn role_parts(line: &str) -> Option<(&str, &str)> {
    let (role, rest) = line.split_once(" @ ")?;
    Some((role.trim(), rest.split(" | ").next()?.trim()))
}

/// `decides @ The Copper Kettle | since w40 | until w12`.
fn role(line: &str, year: Year) -> Option<RoleClaim> {
    let (role, account) = role_parts(line)?;
    let week = |word: &str| -> Option<Time> {
        let part = line.split(" | ").find_map(|part| part.trim().strip_prefix(word))?;
        Some(year.week(part.trim().strip_prefix('w')?.parse().ok()?, 0, 0))
    };
    let kind = crate::accounts::kind(account);
    Some(RoleClaim {
        account: account.to_owned(),
        account_kind: kind.to_owned(),
        role: role.to_owned(),
        since: week("since "),
        until: week("until "),
    })
}
