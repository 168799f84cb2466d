//! Everyone who may ask.

use sticky_domain::access::Level;

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Role {
    Nobody,
    Stranger,
    /// Owns the note by a grant, but is held to another project.
    OtherProject,
    GuestView,
    GuestEdit,
    /// A guest of another note of the same owner.
    OtherGuest,
    /// A browser that has asked to be let in, and waits.
    Waiting,
    /// A viewer who has also opened the link that lets people edit.
    Viewer,
    Editor,
    /// May edit because a group may that their group is in.
    GroupMember,
    Owner,
    /// Manages the project.
    Manager,
    /// In the project, to read.
    ProjectViewer,
    /// In the project, to write.
    ProjectMember,
    /// In the project, with nothing to do there.
    ProjectGuest,
    /// A user who may edit, in a browser.
    User,
    /// A user who may read, and has opened the link for those whom the note is shared with, in a browser.
    SharedReader,
    /// A user who runs the installation and has nothing to do with the note, in a browser.
    Admin,
    /// A user who owned the note, and a token of theirs.
    Deleted,
    /// Tokens of a user who owns the note and runs the installation.
    ReadToken,
    WriteToken,
    AdminToken,
}

impl Role {
    pub(crate) const ALL: [Self; 22] = [
        Self::Nobody,
        Self::Stranger,
        Self::OtherProject,
        Self::GuestView,
        Self::GuestEdit,
        Self::OtherGuest,
        Self::Waiting,
        Self::Viewer,
        Self::Editor,
        Self::GroupMember,
        Self::Owner,
        Self::Manager,
        Self::ProjectViewer,
        Self::ProjectMember,
        Self::ProjectGuest,
        Self::User,
        Self::SharedReader,
        Self::Admin,
        Self::Deleted,
        Self::ReadToken,
        Self::WriteToken,
        Self::AdminToken,
    ];

    /// What they may do with the note.
    pub(crate) fn level(self) -> Option<Level> {
        match self {
            Self::Nobody | Self::Stranger | Self::OtherProject | Self::Admin | Self::Deleted => {
                None
            }
            Self::OtherGuest | Self::Waiting | Self::ProjectGuest => None,
            Self::GuestView | Self::Viewer | Self::ReadToken => Some(Level::Viewer),
            Self::ProjectViewer | Self::SharedReader => Some(Level::Viewer),
            Self::GuestEdit | Self::Editor | Self::GroupMember | Self::User => Some(Level::Editor),
            Self::ProjectMember => Some(Level::Editor),
            Self::Owner | Self::Manager | Self::WriteToken | Self::AdminToken => Some(Level::Owner),
        }
    }

    /// Whether they show nothing that counts.
    pub(crate) fn is_nobody(self) -> bool {
        matches!(self, Self::Nobody | Self::Deleted)
    }

    /// Whether a user has signed in.
    pub(crate) fn is_signed_in(self) -> bool {
        matches!(self, Self::User | Self::SharedReader | Self::Admin)
    }

    /// Whether they run the installation, with what they show.
    pub(crate) fn is_admin(self) -> bool {
        matches!(self, Self::Admin | Self::AdminToken)
    }

    /// Whether a link let them in, and nothing else.
    pub(crate) fn is_guest(self) -> bool {
        matches!(self, Self::GuestView | Self::GuestEdit | Self::OtherGuest)
    }

    /// Whether they are in the project, and do not manage it.
    pub(crate) fn is_in_project(self) -> bool {
        matches!(self, Self::ProjectViewer | Self::ProjectMember | Self::ProjectGuest)
    }
}
