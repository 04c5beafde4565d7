//! The photo of one of us: it stands beside the name under the mails they write.

use ::house::Permission;
use axum::{
    extract::{Multipart, Path, State as With},
    http::StatusCode,
    response::{IntoResponse, Redirect},
};
use maud::{Markup, html};
use model::{StaffId, picture};

use crate::{
    State,
    gate::Desk,
    originals,
    problem::{Answer, Problem},
    uploads,
};

/// Bytes of a photo: it goes with every mail.
const LARGEST: usize = 100 << 10;

/// The form, on the page about oneself.
pub(super) fn form(staff: StaffId, has_one: bool) -> Markup {
    html! {
        section {
            h2 { "Your photo" }
            p.soft { "It stands beside your name under the mails you write, as it is in the file." }
            @if has_one { p { img.face.face-l src={"/staff/" (staff) "/photo"} alt="Your photo" width="112" height="112"; } }
            form.fields method="post" action="/house/me/photo" enctype="multipart/form-data" {
                div.field { label for="photo" { "A square picture (JPEG, PNG, GIF, WebP) of at most 100 KB" } input #photo type="file" name="photo" required accept="image/*"; }
                p { button.quiet { "Keep it" } }
            }
            @if has_one { form method="post" action="/house/me/photo/remove" { button.plain { "Take it away" } } }
        }
    }
}

pub(super) async fn keep(With(state): With<State>, desk: Desk, mut form: Multipart) -> Answer {
    let broken = |_| {
        Problem::new(
            StatusCode::BAD_REQUEST,
            "It did not arrive",
            "The photo did not arrive whole. Please send it again.",
        )
    };
    let field = form.next_field().await.map_err(broken)?;
    let field = field.ok_or_else(|| Problem::unfit("photo", "No photo came along."))?;
    let bytes = field.bytes().await.map_err(|error| match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => too_large(),
        _ => broken(error),
    })?;
    if bytes.len() > LARGEST {
        return Err(too_large());
    }
    let kind = picture(&bytes);
    let kind = kind.ok_or_else(|| Problem::unfit("photo", "This is no picture that mail programs show."))?;
    let kept = uploads::enclosed(&state, "photo", kind.to_owned(), bytes).await?;
    state.house().portray(&desk.viewer, Some(kept.digest)).await?;
    Ok(Redirect::to("/house/me").into_response())
}

fn too_large() -> Problem {
    Problem::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        "Too large",
        "A photo may have up to 100 KB: it goes with every mail.",
    )
}

pub(super) async fn remove(With(state): With<State>, desk: Desk) -> Answer {
    state.house().portray(&desk.viewer, None).await?;
    Ok(Redirect::to("/house/me").into_response())
}

pub(super) async fn show(With(state): With<State>, desk: Desk, Path(id): Path<String>) -> Answer {
    desk.may(Permission::ReadPeople)?;
    let id: StaffId = id.parse()?;
    let digest = state.house().photo_of(id).await?.ok_or_else(|| Problem::missing("A photo"))?;
    originals::picture(&state, digest).await
}
