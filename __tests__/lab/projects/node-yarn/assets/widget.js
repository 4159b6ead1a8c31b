(function () {
  var greeting = "feed";
  document.title = greeting + "!";
})();
