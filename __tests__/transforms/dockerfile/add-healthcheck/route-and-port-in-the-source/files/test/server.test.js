app.get('/ping', () => {});
