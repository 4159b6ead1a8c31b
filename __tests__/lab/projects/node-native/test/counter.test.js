// npm test is for the developers
