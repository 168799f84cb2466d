-- Looking back at what someone did, what came by a link, and what happened when. The content lane has no part in these.

create index event_by_actor on event (actor, position) where lane = 0;
create index event_by_via on event (via_id, position) where lane = 0 and via_id is not null;
create index event_by_time on event (recorded_at) where lane = 0;
