const { Voice2Phone } = require('./dist/nodes/Voice2Phone/Voice2Phone.node.js');
const { Voice2PhoneApi } = require('./dist/credentials/Voice2PhoneApi.credentials.js');

module.exports = { Voice2Phone, Voice2PhoneApi };
