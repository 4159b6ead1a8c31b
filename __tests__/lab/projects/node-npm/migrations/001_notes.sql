create table notes (body text);
