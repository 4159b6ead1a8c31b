CREATE TABLE goods (id bigserial PRIMARY KEY, name text NOT NULL);
INSERT INTO goods (name) VALUES ('teapot');
