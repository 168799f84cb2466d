//! Groups and projects, and who is in them.

use serde_json::{Value, json};

use crate::accounts::{open_server, registered, signed_in};
use crate::visitor::Visitor;

async fn make(visitor: &mut Visitor, path: &str, name: &str) -> String {
    format!("{path}/{}", visitor.ask("POST", path, json!({ "name": name })).await.member("id"))
}

fn id(path: &str) -> &str {
    path.rsplit('/').next().unwrap()
}

#[tokio::test]
async fn a_team_from_its_making_to_the_last_who_leaves() {
    let server = open_server().await;
    registered(&server, "ana").await;
    registered(&server, "ben").await;
    let mut ana = signed_in(&server, "ana").await;
    ana.told();
    let team = make(&mut ana, "/api/v1/projects", "Team").await;
    let members = format!("{team}/members");
    server.advance(1_000);
    let joined =
        ana.ask("PUT", &members, json!({"username": "ben", "role": "viewer"})).await.json();
    ana.ask("PUT", &members, json!({"username": "ben", "role": "admin"})).await;
    ana.ask("GET", &members, ()).await;
    ana.ask("PATCH", &team, json!({"name": "Kitchen"})).await;
    ana.ask("GET", "/api/v1/projects", ()).await;
    let ben = joined["recipient"]["id"].as_str().unwrap();
    ana.ask("DELETE", &format!("{members}/{ben}"), ()).await;
    ana.ask("DELETE", &format!("{members}/{ben}"), ()).await;
    insta::assert_snapshot!(ana.told());
}

#[tokio::test]
async fn what_cannot_be_in_a_group_or_a_project_is_said_by_code() {
    let server = open_server().await;
    registered(&server, "ana").await;
    registered(&server, "ben").await;
    let mut ana = signed_in(&server, "ana").await;
    let me = ana.ask("GET", "/api/v1/me", ()).await.json();
    let of_ana = me["principal"]["id"].as_str().unwrap();
    let own = ana.ask("GET", "/api/v1/projects", ()).await.json();
    let own = format!("/api/v1/projects/{}/members", own["items"][0]["id"].as_str().unwrap());
    let team = make(&mut ana, "/api/v1/projects", "Team").await + "/members";
    let inner = make(&mut ana, "/api/v1/groups", "Cooks").await;
    let outer = make(&mut ana, "/api/v1/groups", "Kitchen").await;
    let (in_inner, in_outer) = (format!("{inner}/members"), format!("{outer}/members"));
    let within = |group: &str| json!({"group_id": id(group), "role": "member"});
    assert_eq!(ana.ask("PUT", &in_outer, within(&inner)).await.status, 200);
    let ben = |role: &str| json!({"username": "ben", "role": role});
    let nobody = json!({"username": "nobody", "role": "member"});
    let table: [(&str, &str, Value, (u16, &str)); 10] = [
        ("PUT", &in_inner, within(&outer), (409, "group_cycle")),
        ("PUT", &in_inner, within(&inner), (409, "group_cycle")),
        ("PUT", &in_inner, ben("viewer"), (400, "role_invalid")),
        // More than she is in a group herself.
        ("PUT", &in_inner, ben("owner"), (403, "forbidden")),
        ("PUT", &in_inner, nobody, (404, "no_such_user")),
        ("PUT", &own, ben("viewer"), (409, "personal_project")),
        ("PUT", &team, json!({"principal_id": of_ana, "role": "member"}), (409, "last_owner")),
        ("DELETE", &format!("{team}/{of_ana}"), Value::Null, (409, "last_owner")),
        ("PUT", &team, ben("boss"), (400, "invalid_request")),
        ("PUT", &team, json!({"role": "viewer"}), (400, "invalid_request")),
    ];
    for (method, path, body, (status, code)) in table {
        let told = format!("{method} {path} {body}");
        let answer = match body {
            Value::Null => ana.ask(method, path, ()).await,
            body => ana.ask(method, path, body).await,
        };
        assert!(!answer.status.is_success(), "{told}: {}", answer.text());
        assert_eq!((answer.status.as_u16(), answer.code().as_str()), (status, code), "{told}");
    }
}
