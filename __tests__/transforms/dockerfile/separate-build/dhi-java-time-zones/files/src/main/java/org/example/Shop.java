class Shop {
  public static void main(String[] args) throws Exception {
    new java.net.ServerSocket(8080).accept();
  }
}
