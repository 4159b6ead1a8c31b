const app = express();
app.get('/health', requireAuth, (request, response) => response.send('ok'));
app.listen(4000);
