app = FastAPI()
app.add_middleware(TrustedHostMiddleware, allowed_hosts=["example.com"])


@app.get("/health")
def health():
    return {}
