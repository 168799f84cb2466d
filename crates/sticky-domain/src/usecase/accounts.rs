use uuid::Uuid;

use super::{Operator, Ports, Refusal};
use crate::account::{Account, Command};
use crate::event::{Actor, Fact, Via};
use crate::fence::KeyVersion;
use crate::id::{PrincipalId, ProjectId};
use crate::name;
use crate::port::{AccountRow, Expected, Login};
use crate::project::{Project, ProjectCommand, ProjectKind};
use crate::secret::Withheld;
use crate::stream::StreamId;
use crate::username;

/// Users: registering, naming, passwords, deleting.
#[derive(Clone)]
#[expect(missing_debug_implementations, reason = "ports are traits without Debug")]
pub struct Accounts {
    ports: Ports,
}

/// A user to be.
#[derive(Clone, Copy)]
#[expect(missing_debug_implementations, reason = "it holds a secret")]
pub struct NewAccount<'a> {
    pub username: &'a str,
    /// What others see; the username if not given.
    pub name: Option<&'a str>,
    /// None for someone whom only providers vouch for.
    pub password: Option<&'a str>,
    pub admin: bool,
}

impl Accounts {
    pub fn new(ports: Ports) -> Self {
        Self { ports }
    }

    /// Makes a user with a project of their own.
    ///
    /// # Errors
    /// [`Refusal::Taken`] when someone has, or had, this username.
    pub async fn register(
        &self,
        new: NewAccount<'_>,
        correlation: Option<Uuid>,
    ) -> Result<AccountRow, Refusal> {
        let username = username::parse(new.username)?;
        let name = name::parse(new.name.unwrap_or(&username))?;
        if self.ports.accounts.account_named(&username).await?.is_some() {
            return Err(Refusal::Taken);
        }
        let password = match new.password {
            Some(password) => self.hashed(password, &username).await?,
            None => Withheld::default(),
        };
        let user = PrincipalId(self.ports.ids.id());
        let actor = Actor { principal: user, via: Via::Direct, correlation };
        let project = self.own_project(&name, actor).await?;
        let admin = new.admin;
        let register = Command::Register { project, username, name, admin, password };
        self.command(user, actor, register).await?;
        self.get(user).await
    }

    /// One user, unless they are deleted.
    pub async fn get(&self, user: PrincipalId) -> Result<AccountRow, Refusal> {
        let row = self.ports.accounts.account(user).await?;
        row.filter(|row| row.deleted_at.is_none()).ok_or(Refusal::NotFound)
    }

    /// The user with this username, unless they are deleted.
    pub async fn named(&self, username: &str) -> Result<Option<AccountRow>, Refusal> {
        let Ok(username) = username::parse(username) else { return Ok(None) };
        let row = self.ports.accounts.account_named(&username).await?;
        Ok(row.filter(|row| row.deleted_at.is_none()))
    }

    /// The users after this username, in the order of usernames, deleted ones included.
    pub async fn page(&self, after: &str, limit: u32) -> Result<Vec<AccountRow>, Refusal> {
        Ok(self.ports.accounts.accounts(after, limit).await?)
    }

    /// A user as one who runs the installation.
    ///
    /// # Errors
    /// [`Refusal::Forbidden`] when they do not.
    pub async fn operator(&self, user: PrincipalId) -> Result<Operator, Refusal> {
        let row = self.ports.accounts.account(user).await?;
        let row = row.filter(|row| row.admin && row.deleted_at.is_none());
        Ok(Operator::of(&row.ok_or(Refusal::Forbidden)?))
    }

    /// Lets a user run the installation, or no longer. What they have open as an administrator is refused from then on.
    ///
    /// # Errors
    /// `last_admin` when nobody else does.
    pub async fn set_admin(
        &self,
        user: PrincipalId,
        admin: bool,
        operator: &Operator,
    ) -> Result<AccountRow, Refusal> {
        self.operate(user, operator, Command::SetAdmin { admin }).await?;
        self.get(user).await
    }

    /// Changes what others see.
    pub async fn rename(&self, user: PrincipalId, name: &str) -> Result<(), Refusal> {
        let name = name::parse(name)?;
        self.command(user, by(user), Command::Rename { name }).await
    }

    /// Changes the password of someone who knows it, and ends all their logins but this one.
    ///
    /// # Errors
    /// [`Refusal::WrongPassword`] when `current` is not it.
    pub async fn change_password(
        &self,
        login: Login,
        current: Option<&str>,
        new: &str,
    ) -> Result<(), Refusal> {
        let row = self.confirmed(login, current).await?;
        let password = self.hashed(new, &row.username).await?;
        let change = Command::ChangePassword { password, kept: Some(login.token) };
        self.command(login.user, by(login.user), change).await
    }

    /// Deletes the user who has signed in, if they know their password.
    ///
    /// # Errors
    /// [`Refusal::WrongPassword`] when `current` is not it.
    pub async fn leave(&self, login: Login, current: Option<&str>) -> Result<(), Refusal> {
        self.confirmed(login, current).await?;
        self.command(login.user, by(login.user), Command::Delete).await
    }

    /// Someone who has signed in and still knows the password. Whoever has come by a provider has none to know.
    async fn confirmed(&self, login: Login, current: Option<&str>) -> Result<AccountRow, Refusal> {
        let row = self.get(login.user).await?;
        let Some(hash) = self.ports.accounts.password(login.user).await? else { return Ok(row) };
        match self.ports.passwords.verify(current.unwrap_or_default(), Some(&hash)).await? {
            true => Ok(row),
            false => Err(Refusal::WrongPassword),
        }
    }

    /// Gives a user another password, and ends all their logins. For whoever runs the server.
    pub async fn set_password(
        &self,
        user: PrincipalId,
        new: &str,
        operator: &Operator,
    ) -> Result<(), Refusal> {
        let row = self.get(user).await?;
        let password = self.hashed(new, &row.username).await?;
        self.operate(user, operator, Command::ChangePassword { password, kept: None }).await
    }

    /// Deletes a user: nothing acts for them any more. Their notes stay. A second time changes nothing.
    ///
    /// # Errors
    /// `last_admin` when nobody else runs the installation.
    pub async fn delete(&self, user: PrincipalId, operator: &Operator) -> Result<(), Refusal> {
        self.operate(user, operator, Command::Delete).await
    }

    async fn hashed(&self, password: &str, username: &str) -> Result<Withheld, Refusal> {
        username::check_password(password, username)?;
        Ok(Withheld::new(self.ports.passwords.hash(password).await?))
    }

    async fn own_project(&self, name: &str, actor: Actor) -> Result<ProjectId, Refusal> {
        let project = ProjectId(self.ports.ids.id());
        let (name, kind, owner) = (name.to_owned(), ProjectKind::Personal, actor.principal);
        let create = ProjectCommand::Create { name, kind, owner };
        let created = Project::default().decide(create)?;
        let stream = StreamId::project(project);
        self.ports.append(stream, Expected::Seq(0), created, actor, &[]).await?;
        Ok(project)
    }

    async fn command(
        &self,
        user: PrincipalId,
        actor: Actor,
        command: Command,
    ) -> Result<(), Refusal> {
        self.ports.account_command(user, actor, command).await
    }

    /// For whoever runs the installation, as long as they do.
    async fn operate(
        &self,
        user: PrincipalId,
        operator: &Operator,
        command: Command,
    ) -> Result<(), Refusal> {
        let actor = operator.actor(None);
        self.ports.account_command_within(user, actor, operator.fence(), command).await
    }
}

impl Ports {
    /// Decides on what has happened to a user so far.
    pub(super) async fn account_command(
        &self,
        user: PrincipalId,
        actor: Actor,
        command: Command,
    ) -> Result<(), Refusal> {
        self.account_command_within(user, actor, &[], command).await
    }

    async fn account_command_within(
        &self,
        user: PrincipalId,
        actor: Actor,
        fence: &[KeyVersion],
        command: Command,
    ) -> Result<(), Refusal> {
        let decide = |facts: &[Fact]| Ok(Account::after(facts).decide(command.clone())?);
        self.decide(StreamId::principal(user), actor, fence, decide).await.map(drop)
    }
}

pub(super) fn by(principal: PrincipalId) -> Actor {
    Actor { principal, via: Via::Direct, correlation: None }
}
