//! What the editor says, and what is answered.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{self, Write},
    panic::{AssertUnwindSafe, catch_unwind},
};

use lsp_server::{ErrorCode, Message, Notification, Request, RequestId, Response};
use lsp_types::{
    CodeActionKind, CodeActionOptions, CodeActionParams, CodeActionProviderCapability,
    DidChangeTextDocumentParams, DidChangeWatchedFilesRegistrationOptions, DidCloseTextDocumentParams,
    DidOpenTextDocumentParams, DidSaveTextDocumentParams, FileSystemWatcher, GlobPattern, Hover,
    HoverContents, HoverParams, HoverProviderCapability, InitializeParams, InitializeResult, MarkupContent,
    MarkupKind, MessageType, PositionEncodingKind, PublishDiagnosticsParams, Registration,
    RegistrationParams, SaveOptions, ServerCapabilities, ServerInfo, ShowMessageParams,
    TextDocumentSyncCapability, TextDocumentSyncKind, TextDocumentSyncOptions, TextDocumentSyncSaveOptions,
    Uri,
    notification::{self as told, Notification as _},
    request::{self as asked, Request as _},
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use super::{
    actions, advice,
    document::{Document, path_of},
    places::{Units, Walk},
    voices::Voices,
    wire::{self, Heard},
};

/// More advice on one text than anybody reads.
const MOST: usize = 1_000;

/// How far the talk has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Before,
    Talking,
    After,
}

/// The server of one editor.
pub(super) struct Server<W> {
    output: W,
    stage: Stage,
    units: Units,
    can_watch: bool,
    documents: BTreeMap<String, Document>,
    // Texts that changed since they were looked at.
    changed: BTreeSet<String>,
    voices: Voices,
    asked: i32,
}

type Answer = Result<Value, (ErrorCode, String)>;

impl<W: Write> Server<W> {
    /// Before anything was said.
    pub fn new(output: W) -> Self {
        Self {
            output,
            stage: Stage::Before,
            units: Units::Utf16,
            can_watch: false,
            documents: BTreeMap::new(),
            changed: BTreeSet::new(),
            voices: Voices::default(),
            asked: 0,
        }
    }

    /// Whether a text waits to be looked at.
    pub fn has_something_to_look_at(&self) -> bool {
        !self.changed.is_empty()
    }

    /// Hears what the editor says. When it takes its leave: whether as agreed.
    pub fn hear(&mut self, heard: Heard) -> io::Result<Option<bool>> {
        match heard {
            Heard::Unclear(answer) => wire::say(&mut self.output, &answer)?,
            Heard::Message(Message::Request(it)) => self.request(it)?,
            Heard::Message(Message::Notification(it)) if it.method == told::Exit::METHOD => {
                return Ok(Some(self.stage == Stage::After));
            }
            Heard::Message(Message::Notification(it)) => self.notice(it)?,
            // The only thing we ask for may be refused, and nothing is lost.
            Heard::Message(Message::Response(_)) => {}
        }
        Ok(None)
    }

    /// Looks at every text that changed, and tells what it found.
    pub fn look(&mut self) -> io::Result<()> {
        while let Some(uri) = self.changed.pop_first() {
            if let Some(params) = self.guarded(|it| it.diagnostics(&uri)).flatten() {
                self.tell::<told::PublishDiagnostics>(params)?;
            }
            self.tell_trouble()?;
        }
        Ok(())
    }

    fn request(&mut self, request: Request) -> io::Result<()> {
        let id = request.id.clone();
        let fault = || Err((ErrorCode::InternalError, "this went wrong; other questions are welcome".into()));
        let answer = self.guarded(|it| it.answer(request)).unwrap_or_else(fault);
        let response = match answer {
            Ok(it) => Response::new_ok(id, it),
            Err((code, why)) => Response::new_err(id, code as i32, why),
        };
        self.say(response.into())?;
        self.tell_trouble()
    }

    // A fault over one text must not take the advice on all others along.
    fn guarded<T>(&mut self, act: impl FnOnce(&mut Self) -> T) -> Option<T> {
        catch_unwind(AssertUnwindSafe(|| act(self))).ok()
    }

    fn answer(&mut self, request: Request) -> Answer {
        let method = request.method.as_str();
        match (self.stage, method) {
            (Stage::Before, asked::Initialize::METHOD) => self.initialize(params(request.params)?),
            (Stage::Before, _) => Err((ErrorCode::ServerNotInitialized, "say who you are first".into())),
            (Stage::After, _) => Err((ErrorCode::InvalidRequest, "you took your leave".into())),
            (_, asked::Shutdown::METHOD) => {
                self.stage = Stage::After;
                self.changed.clear();
                Ok(Value::Null)
            }
            (_, asked::HoverRequest::METHOD) => self.hover(params(request.params)?),
            (_, asked::CodeActionRequest::METHOD) => self.actions(params(request.params)?),
            (_, asked::Initialize::METHOD) => Err((ErrorCode::InvalidRequest, "you said so already".into())),
            _ => Err((ErrorCode::MethodNotFound, format!("{method} is not known here"))),
        }
    }

    fn notice(&mut self, notice: Notification) -> io::Result<()> {
        if self.stage != Stage::Talking {
            return Ok(());
        }
        if notice.method == told::Initialized::METHOD && self.can_watch {
            return self.watch();
        }
        let closed = self.guarded(|it| it.note(notice)).flatten();
        let nothing = |uri| PublishDiagnosticsParams::new(uri, Vec::new(), None);
        closed.map_or(Ok(()), |uri| self.tell::<told::PublishDiagnostics>(nothing(uri)))
    }

    // Whatever cannot be understood is passed by: a notice has no answer. Says which text was closed.
    fn note(&mut self, notice: Notification) -> Option<Uri> {
        match notice.method.as_str() {
            told::DidOpenTextDocument::METHOD => {
                let opened: DidOpenTextDocumentParams = params(notice.params).ok()?;
                let document = Document::new(opened.text_document);
                let uri = document.uri.as_str().to_owned();
                self.documents.insert(uri.clone(), document);
                self.changed.insert(uri);
            }
            told::DidChangeTextDocument::METHOD => self.change(params(notice.params).ok()?),
            told::DidSaveTextDocument::METHOD => {
                let saved: DidSaveTextDocumentParams = params(notice.params).ok()?;
                self.changed.insert(saved.text_document.uri.as_str().to_owned());
            }
            told::DidCloseTextDocument::METHOD => {
                let closed: DidCloseTextDocumentParams = params(notice.params).ok()?;
                self.documents.remove(closed.text_document.uri.as_str())?;
                return Some(closed.text_document.uri);
            }
            told::DidChangeWatchedFiles::METHOD => {
                self.documents.values_mut().for_each(Document::forget_what_was_found);
                self.changed.extend(self.documents.keys().cloned());
            }
            _ => {}
        }
        None
    }

    fn change(&mut self, params: DidChangeTextDocumentParams) {
        let uri = params.text_document.uri.as_str();
        if let Some(document) = self.documents.get_mut(uri) {
            document.change(params.text_document.version, params.content_changes, self.units);
            self.changed.insert(uri.to_owned());
        }
    }

    fn initialize(&mut self, params: InitializeParams) -> Answer {
        let can = params.capabilities;
        let encodings = can.general.and_then(|it| it.position_encodings).unwrap_or_default();
        let (units, encoding) = if encodings.contains(&PositionEncodingKind::UTF8) {
            (Units::Utf8, PositionEncodingKind::UTF8)
        } else {
            (Units::Utf16, PositionEncodingKind::UTF16)
        };
        let watching = can.workspace.and_then(|it| it.did_change_watched_files);
        self.can_watch = watching.and_then(|it| it.dynamic_registration).unwrap_or_default();
        // Editors that know of only one folder tell of it by its older name.
        #[expect(deprecated, reason = "some editors say nothing else")]
        let one = params.root_uri;
        let several = params.workspace_folders.unwrap_or_default().into_iter().map(|it| it.uri);
        self.voices.folders = several.chain(one).filter_map(|it| path_of(&it)).collect();
        self.units = units;
        self.stage = Stage::Talking;
        let version = Some(env!("CARGO_PKG_VERSION").to_owned());
        value(InitializeResult {
            capabilities: capabilities(encoding),
            server_info: Some(ServerInfo { name: advice::SOURCE.into(), version }),
        })
    }

    fn watch(&mut self) -> io::Result<()> {
        // Also the packs that a voice names; there are few files of this kind, and to look again is cheap.
        let watchers = [format!("**/{}", language::Voice::FILE), "**/*.toml".into()];
        let watchers =
            watchers.map(|it| FileSystemWatcher { glob_pattern: GlobPattern::String(it), kind: None });
        let options = DidChangeWatchedFilesRegistrationOptions { watchers: watchers.into() };
        let registration = Registration {
            id: "voice".into(),
            method: told::DidChangeWatchedFiles::METHOD.into(),
            register_options: Some(serde_json::to_value(options)?),
        };
        self.asked += 1;
        let params = RegistrationParams { registrations: vec![registration] };
        let id = RequestId::from(self.asked);
        self.say(Request::new(id, asked::RegisterCapability::METHOD.into(), params).into())
    }

    fn diagnostics(&mut self, uri: &str) -> Option<PublishDiagnosticsParams> {
        let units = self.units;
        let document = self.documents.get_mut(uri)?;
        document.forget_what_was_found();
        let auditor = self.voices.of(document.path.as_deref());
        let found = document.found(&auditor);
        let mut walk = Walk::new(&document.text, units);
        let shown = found.iter().take(MOST);
        let all = shown.map(|it| advice::diagnostic(it, walk.range(&it.range))).collect();
        Some(PublishDiagnosticsParams::new(document.uri.clone(), all, Some(document.version)))
    }

    fn hover(&mut self, params: HoverParams) -> Answer {
        let place = params.text_document_position_params;
        let units = self.units;
        let Some(document) = self.documents.get_mut(place.text_document.uri.as_str()) else {
            return Ok(Value::Null);
        };
        let auditor = self.voices.of(document.path.as_deref());
        let at = units.byte(&document.text, place.position);
        let all = document.found(&auditor);
        let Some(found) = all.iter().find(|it| it.range.contains(&at)) else { return Ok(Value::Null) };
        let range = Walk::new(&document.text, units).range(&found.range);
        let said = MarkupContent { kind: MarkupKind::PlainText, value: advice::hover(found) };
        value(Hover { contents: HoverContents::Markup(said), range: Some(range) })
    }

    fn actions(&mut self, params: CodeActionParams) -> Answer {
        let Some(document) = self.documents.get_mut(params.text_document.uri.as_str()) else {
            return Ok(Value::Null);
        };
        let auditor = self.voices.of(document.path.as_deref());
        let only = params.context.only.as_deref();
        value(actions::actions(document, &auditor, params.range, only, self.units))
    }

    fn tell_trouble(&mut self) -> io::Result<()> {
        match self.voices.trouble.take() {
            Some(message) => {
                self.tell::<told::ShowMessage>(ShowMessageParams { typ: MessageType::ERROR, message })
            }
            None => Ok(()),
        }
    }

    fn tell<N: told::Notification>(&mut self, params: N::Params) -> io::Result<()> {
        self.say(Notification::new(N::METHOD.into(), params).into())
    }

    fn say(&mut self, message: Message) -> io::Result<()> {
        #[derive(Serialize)]
        struct Said {
            jsonrpc: &'static str,
            #[serde(flatten)]
            message: Message,
        }
        wire::say(&mut self.output, &Said { jsonrpc: "2.0", message })
    }
}

fn params<T: DeserializeOwned>(params: Value) -> Result<T, (ErrorCode, String)> {
    serde_json::from_value(params).map_err(|error| (ErrorCode::InvalidParams, error.to_string()))
}

fn value(answer: impl Serialize) -> Answer {
    serde_json::to_value(answer).map_err(|error| (ErrorCode::InternalError, error.to_string()))
}

fn capabilities(encoding: PositionEncodingKind) -> ServerCapabilities {
    let sync = TextDocumentSyncOptions {
        open_close: Some(true),
        change: Some(TextDocumentSyncKind::INCREMENTAL),
        save: Some(TextDocumentSyncSaveOptions::SaveOptions(SaveOptions { include_text: Some(false) })),
        ..TextDocumentSyncOptions::default()
    };
    let actions = CodeActionOptions {
        code_action_kinds: Some(vec![CodeActionKind::QUICKFIX, actions::FIX_ALL]),
        ..CodeActionOptions::default()
    };
    ServerCapabilities {
        position_encoding: Some(encoding),
        text_document_sync: Some(TextDocumentSyncCapability::Options(sync)),
        hover_provider: Some(HoverProviderCapability::Simple(true)),
        code_action_provider: Some(CodeActionProviderCapability::Options(actions)),
        ..ServerCapabilities::default()
    }
}
