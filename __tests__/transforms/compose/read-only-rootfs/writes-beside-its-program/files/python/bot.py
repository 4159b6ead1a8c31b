HERE = os.path.dirname(os.path.abspath(__file__))

with open(os.path.join(HERE, 'settings.ini')) as settings:
    read(settings)
with open(os.path.join(HERE, 'data', 'state.json'), 'w') as state:
    state.write('{}')
sqlite3.connect(':memory:')
logging.FileHandler('bot.log')
