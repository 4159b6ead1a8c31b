import os

import psycopg2

UPLOADS = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'uploads')


def notes(environ):
    with psycopg2.connect(os.environ['DATABASE_URL']) as connection, connection.cursor() as cursor:
        cursor.execute('CREATE TABLE IF NOT EXISTS notes (id serial PRIMARY KEY, body text)')
        if environ['REQUEST_METHOD'] == 'POST':
            body = environ['wsgi.input'].read(int(environ.get('CONTENT_LENGTH') or 0)).decode()
            cursor.execute('INSERT INTO notes (body) VALUES (%s)', (body,))
        cursor.execute('SELECT body FROM notes ORDER BY id')
        return ''.join(f'{row[0]}\n' for row in cursor)


def upload(environ):
    path = os.path.join(UPLOADS, os.path.basename(environ['PATH_INFO']))
    if environ['REQUEST_METHOD'] == 'PUT':
        with open(path, 'wb') as file:
            file.write(environ['wsgi.input'].read(int(environ.get('CONTENT_LENGTH') or 0)))
    with open(path) as file:
        return file.read()


def application(environ, start_response):
    text = upload(environ) if environ['PATH_INFO'].startswith('/uploads/') else notes(environ)
    start_response('200 OK', [('Content-Type', 'text/plain')])
    return [text.encode()]
