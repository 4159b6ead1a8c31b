console.log('no server');
