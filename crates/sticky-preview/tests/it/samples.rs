//! Notes that people write, each showing one side of the card.

use sticky_domain::card::{Card, Theme};

pub(crate) const SAMPLES: [(&str, &str, &str); 7] = [
    ("plan", "Team offsite, March", PLAN),
    ("lists", "Agenda", LISTS),
    ("code", "Deploy", CODE),
    ("table", "Rota", TABLE),
    (
        "long",
        "Everything that was said at the quarterly planning meeting, in the order in whi…",
        LONG,
    ),
    ("empty", "Untitled", " \n\n"),
    ("glyphs", "日本語のメモ 🎉", GLYPHS),
];

const PLAN: &str = "# Team offsite, March

We meet at the **old mill** at *nine*; bring ~~boots~~ shoes. See [the map](https://example.org/mill).

- [x] Book the room
- [ ] Order lunch for `12` people, and do not forget the vegetarians among us who asked twice

> Quiet rooms are on the second floor.";

const LISTS: &str = "## Before lunch

1. Welcome
2. Numbers
   - last quarter
   - this quarter
10. Questions

---

#### If there is time
- bread
- milk";

const CODE: &str = "Run this on the *first* node:

```sh
cargo xtask dev --listen 127.0.0.1:8080
curl -s localhost:8080/healthz
```

Then `kill -9` it. <b>Nothing</b> is lost & ![a picture](https://example.org/cat.png)";

const TABLE: &str = "| Day | Cook | Dishes |
|:--|:-:|--:|
| Monday | Ana | 12 |
| Tuesday | `Ben` | 8 |
| Wednesday | Chloé and all those who help her on other days | 104 |

> Swap with whom you like.";

const LONG: &str = "Everything that was said at the quarterly planning meeting, in the order in which it was said.

We began late, because nobody had the key. Ana found it in the end, under the plant where it had been all along.

The first item took an hour. The second took a minute, which everybody agreed was the right amount of time for it, and we moved on to the third before anyone could change their mind.

The third item was the coffee machine. Opinions were strong, and so was the coffee.";

const GLYPHS: &str = "短いメモです 🎉🚀 with Latin between.

`code 日本` and → arrows";

pub(crate) fn card(title: &str, markdown: &str, theme: Theme) -> Card {
    Card { title: title.to_owned(), markdown: markdown.to_owned(), theme }
}

pub(crate) fn note(markdown: &str) -> Card {
    card("", markdown, Theme::Light)
}
