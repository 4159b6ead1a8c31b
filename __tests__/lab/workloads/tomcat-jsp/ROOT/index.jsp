<%@ page contentType="text/plain" %><%@ page import="java.io.File" %><%
  Integer visits = (Integer) session.getAttribute("visits");
  visits = visits == null ? 1 : visits + 1;
  session.setAttribute("visits", visits);
  File scratch = File.createTempFile("visit", ".txt");
  scratch.delete();
%>visits <%= visits %>
